import { AppError } from '@shared/science/errors'
import type { Answer, LabelEvent } from '@shared/contract/records'
import type { LabelRequest } from '@shared/contract/requests'
import { questionsAsked } from '@shared/science/tree/flow'
import type { ReadableDb, WritableDb } from './database'
import { readGalaxy } from './galaxies'
import { labelState, type LabelState } from './label-state'
import { readOpenRound } from './rounds'
import { deviceId } from './settings'
import { projectTree } from './trees'

const COLUMNS = `uuid, galaxy_key AS galaxyKey, kind, question, answer, note, undoes, round, annotator, duration_ms AS durationMs, at`

type LabelContent = Omit<LabelEvent, 'round' | 'at'>

/**
 * Adds what an annotator did to the log, in one transaction that is on the disk when this returns. The same request again (its UUID) returns
 * the entry that is there. Errors: `label/conflict` when the UUID was used for something else, `label/incomplete`, `label/unknown-answer`,
 * `label/not-asked`, `galaxy/unknown`, and for an undo `label/unknown-entry`, `label/not-yours`, `label/already-undone`.
 */
export function appendLabel(db: WritableDb, request: LabelRequest): LabelEvent {
  const content: LabelContent = {
    uuid: request.uuid,
    galaxyKey: request.galaxyKey,
    kind: request.kind,
    question: request.kind === 'answer' ? (request.question ?? null) : null,
    answer: request.kind === 'answer' ? (request.answer ?? null) : null,
    note: request.note ?? null,
    undoes: request.kind === 'undo' ? (request.undoes ?? null) : null,
    annotator: request.annotator,
    durationMs: request.durationMs === undefined || request.durationMs === null ? null : Math.round(request.durationMs),
  }
  return db.transaction(() => storedEntry(db, content) ?? insertEntry(db, validated(db, content))).immediate()
}

/** The entry with this UUID; null when there is none. */
export function findLabel(db: ReadableDb, uuid: string): LabelEvent | null {
  return db.prepare<[string], LabelEvent>(`SELECT ${COLUMNS} FROM labels WHERE uuid = ?`).get(uuid) ?? null
}

/** The log newest first: of one galaxy, or of all. */
export function readLabelLog(db: ReadableDb, { galaxyKey, limit }: { galaxyKey?: number | undefined; limit: number }): LabelEvent[] {
  if (galaxyKey === undefined)
    return db.prepare<[number], LabelEvent>(`SELECT ${COLUMNS} FROM labels ORDER BY sequence DESC LIMIT ?`).all(limit)
  return db
    .prepare<[number, number], LabelEvent>(`SELECT ${COLUMNS} FROM labels WHERE galaxy_key = ? ORDER BY sequence DESC LIMIT ?`)
    .all(galaxyKey, limit)
}

/** What counts of the log for this galaxy and annotator. */
export function readLabelState(db: ReadableDb, galaxyKey: number, annotator: string): LabelState {
  const entries = db
    .prepare<[number, string], LabelEvent>(`SELECT ${COLUMNS} FROM labels WHERE galaxy_key = ? AND annotator = ? ORDER BY sequence`)
    .all(galaxyKey, annotator)
  return labelState(projectTree(db).tree, entries)
}

/** The annotator's answers about this galaxy that count: after undo, changes, and along the tree, in the order the questions are asked. */
export function currentAnswers(db: ReadableDb, galaxyKey: number, annotator: string): Answer[] {
  return readLabelState(db, galaxyKey, annotator).answers
}

/** Adds an entry that the caller has checked, or returns the one a retry of it finds. Call inside a transaction. */
export function insertEntry(db: WritableDb, content: LabelContent): LabelEvent {
  db.prepare(
    `INSERT INTO labels (uuid, device, galaxy_key, kind, question, answer, note, undoes, tree_version, round, annotator, duration_ms, at)
     VALUES (:uuid, :device, :galaxyKey, :kind, :question, :answer, :note, :undoes, :treeVersion, :round, :annotator, :durationMs, :at)`,
  ).run({
    ...content,
    device: deviceId(db),
    treeVersion: projectTree(db).version,
    round: roundOf(db, content.galaxyKey),
    at: new Date().toISOString(),
  })
  return findLabel(db, content.uuid)!
}

/** The entry of a retried request; null when the UUID is new. */
function storedEntry(db: ReadableDb, content: LabelContent): LabelEvent | null {
  const stored = findLabel(db, content.uuid)
  if (stored === null) return null
  const isSame = (Object.keys(content) as (keyof LabelContent)[]).every((name) => stored[name] === content[name])
  if (isSame) return stored
  throw new AppError('label/conflict', `The entry ${content.uuid} is in the log with other content. Send what is new under a new UUID.`)
}

function validated(db: ReadableDb, content: LabelContent): LabelContent {
  const galaxy = readGalaxy(db, content.galaxyKey)
  if (content.kind === 'answer') refuseBadAnswer(db, content, galaxy.id)
  if (content.kind === 'note' && !content.note?.trim())
    throw new AppError('label/incomplete', `The note on galaxy ${galaxy.id} is empty. Write something.`)
  if (content.kind === 'undo') refuseBadUndo(db, content)
  return content
}

function refuseBadAnswer(db: ReadableDb, { galaxyKey, annotator, question, answer }: LabelContent, id: string): void {
  const { tree } = projectTree(db)
  if (question === null || answer === null)
    throw new AppError('label/incomplete', `An answer about galaxy ${id} needs a question and an answer.`)
  const asked = tree.questions.find(({ name }) => name === question)
  if (!asked?.answers.includes(answer)) {
    const known = asked
      ? `Its answers are: ${asked.answers.join(', ')}.`
      : `The questions are: ${tree.questions.map(({ name }) => name).join(', ')}.`
    throw new AppError('label/unknown-answer', `The tree ${tree.id} has no answer "${answer}" to a question "${question}". ${known}`)
  }
  if (!questionsAsked(tree, currentAnswers(db, galaxyKey, annotator)).includes(asked)) {
    const after = asked.after.join(' or ')
    throw new AppError(
      'label/not-asked',
      `"${question}" is asked only after ${after}; galaxy ${id} has no such answer from ${annotator}. Answer that first.`,
    )
  }
}

function refuseBadUndo(db: ReadableDb, { undoes, galaxyKey, annotator }: LabelContent): void {
  const target = undoes === null ? null : findLabel(db, undoes)
  if (target?.galaxyKey !== galaxyKey)
    throw new AppError('label/unknown-entry', 'There is no such entry about this galaxy to undo. Reload the history.')
  if (target.annotator !== annotator) {
    throw new AppError(
      'label/not-yours',
      `That entry is of ${target.annotator}; ${annotator} cannot undo it. Give your own answer instead.`,
    )
  }
  if (undoneByReader(db)(target.uuid) !== null)
    throw new AppError('label/already-undone', 'That entry was undone before. Reload the history.')
}

/**
 * Tells the entry that undoes one; null when none does. Prepared once for many: better-sqlite3 frees statements only between turns of the event
 * loop, and an undo may walk over thousands of entries.
 */
export function undoneByReader(db: ReadableDb): (uuid: string) => string | null {
  const statement = db.prepare<[string], string>('SELECT uuid FROM labels WHERE undoes = ?').pluck()
  return (uuid) => statement.get(uuid) ?? null
}

/** The open round, if the galaxy is in its queue. */
function roundOf(db: ReadableDb, galaxyKey: number): number | null {
  const round = readOpenRound(db)
  const isInQueue = db
    .prepare<{ round: number | null; galaxyKey: number }, number>(
      `SELECT EXISTS (SELECT 1 FROM acquisitions WHERE round = :round AND galaxy_key = :galaxyKey)
           OR EXISTS (SELECT 1 FROM test_draws WHERE round = :round AND galaxy_key = :galaxyKey)`,
    )
    .pluck()
    .get({ round, galaxyKey })
  return isInQueue === 1 ? round : null
}
