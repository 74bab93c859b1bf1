import { AppError } from '@shared/science/errors'
import type { LabelEvent } from '@shared/contract/records'
import type { BatchRequest, LabelRequest } from '@shared/contract/requests'
import { questionsAsked } from '@shared/science/tree/flow'
import type { ReadableDb, WritableDb } from './database'
import { readGalaxy } from './galaxies'
import { wasHintSeen } from './hint-sights'
import { labelState, type LabelState } from './label-state'
import { keepLabelState } from './label-states'
import { placeIn } from './places'
import { readOpenRound } from './rounds'
import { deviceId } from './settings'
import { keptStatement, keptValue } from './statements'
import { projectTree } from './trees'
import { passOfTurn } from './turns'
import { keepVisit, placeVisit } from './visits'

export const LABEL_COLUMNS = `uuid, galaxy_key AS galaxyKey, kind, question, answer, note, undoes, batch, round, annotator, duration_ms AS durationMs,
  at, hint_seen AS hintSeen`

/** An entry as SQLite has it, which knows no booleans. */
export type LabelRow = Omit<LabelEvent, 'hintSeen'> & { hintSeen: number | null }

export const rowToLabel = <T extends LabelRow>(row: T) => ({ ...row, hintSeen: row.hintSeen === null ? null : row.hintSeen === 1 })

/** What a retry must repeat. */
const COMPARED = ['galaxyKey', 'kind', 'question', 'answer', 'note', 'undoes', 'batch', 'annotator', 'durationMs'] as const

/** `pass`: see [Note: Turns]. It stays on this side: an event that told it would tell the expert. */
export type LabelContent = Omit<LabelEvent, 'round' | 'at' | 'hintSeen'> & { pass: number }

/**
 * Adds what an annotator did to the log, in one transaction that is on the disk when this returns. The same request again (its UUID) returns
 * the entry that is there. Errors: `label/conflict` when the UUID was used for something else, `label/incomplete`, `label/unknown-answer`,
 * `label/not-asked`, `galaxy/unknown`, `label/unknown-turn`, and for an undo `label/unknown-entry`, `label/not-yours`, `label/already-undone`.
 */
export function appendLabel(db: WritableDb, request: LabelRequest): LabelEvent {
  return db.transaction(() => appendEntry(db, request, null)).immediate()
}

/** Adds many entries as one: all are in the log when this returns, or none is. Errors as `appendLabel`, of the first that is refused. */
export function appendBatch(db: WritableDb, { batch, annotator, entries }: BatchRequest): LabelEvent[] {
  return db.transaction(() => entries.map((entry) => appendEntry(db, { ...entry, annotator }, batch))).immediate()
}

function appendEntry(db: WritableDb, request: LabelRequest, batch: string | null): LabelEvent {
  const { uuid, galaxyKey, kind, annotator, durationMs } = request
  const isOfQuestion = kind === 'answer' || kind === 'cannot-tell' || kind === 'resolve'
  const content: LabelContent = {
    uuid,
    galaxyKey,
    kind,
    question: isOfQuestion ? (request.question ?? null) : null,
    answer: kind === 'answer' || kind === 'resolve' ? (request.answer ?? null) : null,
    note: request.note ?? null,
    undoes: kind === 'undo' ? (request.undoes ?? null) : null,
    batch,
    annotator,
    durationMs: durationMs === undefined || durationMs === null ? null : Math.round(durationMs),
    pass: request.turn === undefined ? 0 : passOfTurn(db, galaxyKey, request.turn),
  }
  return storedEntry(db, content) ?? insertEntry(db, validated(db, content))
}

/** The entry with this UUID; null when there is none. */
export function findLabel(db: ReadableDb, uuid: string): LabelEvent | null {
  const row = keptStatement<[string], LabelRow>(db, `SELECT ${LABEL_COLUMNS} FROM labels WHERE uuid = ?`).get(uuid)
  return row === undefined ? null : rowToLabel(row)
}

/** In which of the annotator's passes over its galaxy an entry was made; see [Note: Turns]. */
export function passOf(db: ReadableDb, uuid: string): number {
  return keptValue<[string], number>(db, 'SELECT pass FROM labels WHERE uuid = ?').get(uuid) ?? 0
}

/** All entries that were made as one, in their order. */
export function findBatch(db: ReadableDb, batch: string): LabelEvent[] {
  return db.prepare<[string], LabelRow>(`SELECT ${LABEL_COLUMNS} FROM labels WHERE batch = ? ORDER BY sequence`).all(batch).map(rowToLabel)
}

/** The log newest first: of one galaxy, or of all. */
export function readLabelLog(db: ReadableDb, { galaxyKey, limit }: { galaxyKey?: number | undefined; limit: number }): LabelEvent[] {
  if (galaxyKey === undefined)
    return db.prepare<[number], LabelRow>(`SELECT ${LABEL_COLUMNS} FROM labels ORDER BY sequence DESC LIMIT ?`).all(limit).map(rowToLabel)
  return db
    .prepare<[number, number], LabelRow>(`SELECT ${LABEL_COLUMNS} FROM labels WHERE galaxy_key = ? ORDER BY sequence DESC LIMIT ?`)
    .all(galaxyKey, limit)
    .map(rowToLabel)
}

/** What counts of the log for this galaxy and annotator, in one of their passes over it. */
export function readLabelState(db: ReadableDb, galaxyKey: number, annotator: string, pass = 0): LabelState {
  const entries = keptStatement<[number, string, number], LabelRow>(
    db,
    `SELECT ${LABEL_COLUMNS} FROM labels WHERE galaxy_key = ? AND annotator = ? AND pass = ? ORDER BY sequence`,
  ).all(galaxyKey, annotator, pass)
  return labelState(projectTree(db).tree, entries)
}

/** Adds an entry that the caller has checked, and keeps what it changes. Call inside a transaction. */
export function insertEntry(db: WritableDb, content: LabelContent): LabelEvent {
  const { galaxyKey, annotator, pass, question } = content
  const round = readOpenRound(db)
  const place = round === null ? undefined : placeIn(db, round, galaxyKey)
  const isVisit = round !== null && isVisited(db, round, content)
  const { lastInsertRowid } = keptStatement(
    db,
    `INSERT INTO labels (uuid, device, galaxy_key, kind, question, answer, note, undoes, batch, tree_version, round, annotator, duration_ms, at, pass,
       hint_seen)
     VALUES (:uuid, :device, :galaxyKey, :kind, :question, :answer, :note, :undoes, :batch, :treeVersion, :round, :annotator, :durationMs, :at, :pass,
       :hintSeen)`,
  ).run({
    ...content,
    device: deviceId(db),
    treeVersion: projectTree(db).version,
    round: place !== undefined || isVisit ? round : null,
    at: new Date().toISOString(),
    hintSeen: question === null ? null : Number(wasHintSeen(db, content, question)),
  })
  const state = readLabelState(db, galaxyKey, annotator, pass)
  if (isVisit) keepVisit(db, annotator, galaxyKey, pass, state.isComplete || state.isSkipped)
  if (pass === 0) {
    const row = { galaxyKey, annotator, round: place === undefined ? null : round, sequence: Number(lastInsertRowid) }
    const isCompleted = keepLabelState(db, row, state)
    if (isCompleted && round !== null && place !== undefined) placeVisit(db, { annotator, round, place })
  }
  return findLabel(db, content.uuid)!
}

function isVisited(db: ReadableDb, round: number, { annotator, galaxyKey, pass }: LabelContent): boolean {
  const sql = 'SELECT 1 FROM visits WHERE round = ? AND annotator = ? AND galaxy_key = ? AND pass = ?'
  return keptStatement(db, sql).get(round, annotator, galaxyKey, pass) !== undefined
}

/** The entry of a retried request; null when the UUID is new. */
function storedEntry(db: ReadableDb, content: LabelContent): LabelEvent | null {
  const stored = findLabel(db, content.uuid)
  if (stored === null) return null
  const isSame = passOf(db, content.uuid) === content.pass && COMPARED.every((name) => stored[name] === content[name])
  if (isSame) return stored
  throw new AppError('label/conflict', `The entry ${content.uuid} is in the log with other content. Send what is new under a new UUID.`)
}

function validated(db: ReadableDb, content: LabelContent): LabelContent {
  const galaxy = readGalaxy(db, content.galaxyKey)
  if (content.kind === 'answer') refuseBadAnswer(db, content, galaxy.id)
  if (content.kind === 'resolve') refuseUnknownAnswer(db, content, galaxy.id)
  if (content.kind === 'cannot-tell') refuseNotAsked(db, content, galaxy.id)
  if (content.kind === 'note' && !content.note?.trim())
    throw new AppError('label/incomplete', `The note on galaxy ${galaxy.id} is empty. Write something.`)
  if (content.kind === 'undo') refuseBadUndo(db, content)
  return content
}

function refuseBadAnswer(db: ReadableDb, content: LabelContent, id: string): void {
  refuseUnknownAnswer(db, content, id)
  refuseNotAsked(db, content, id)
}

function refuseUnknownAnswer(db: ReadableDb, { question, answer }: LabelContent, id: string): void {
  const { tree } = projectTree(db)
  if (question === null || answer === null)
    throw new AppError('label/incomplete', `An answer about galaxy ${id} needs a question and an answer.`)
  const asked = tree.questions.find(({ name }) => name === question)
  if (asked?.answers.includes(answer)) return
  const known = asked
    ? `Its answers are: ${asked.answers.join(', ')}.`
    : `The questions are: ${tree.questions.map(({ name }) => name).join(', ')}.`
  throw new AppError('label/unknown-answer', `The tree ${tree.id} has no answer "${answer}" to a question "${question}". ${known}`)
}

function refuseNotAsked(db: ReadableDb, { galaxyKey, annotator, question, pass }: LabelContent, id: string): void {
  const { tree } = projectTree(db)
  const named = tree.questions.find(({ name }) => name === question)
  if (!named) {
    const known = tree.questions.map(({ name }) => name).join(', ')
    throw new AppError('label/unknown-answer', `The tree ${tree.id} has no question "${question ?? ''}". The questions are: ${known}.`)
  }
  if (questionsAsked(tree, readLabelState(db, galaxyKey, annotator, pass).answers).includes(named)) return
  throw new AppError(
    'label/not-asked',
    `"${named.name}" is asked only after ${named.after.join(' or ')}; galaxy ${id} has no such answer from ${annotator}. Answer that first.`,
  )
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
