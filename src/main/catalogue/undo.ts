import { randomUUID } from 'node:crypto'
import { AppError } from '@shared/science/errors'
import type { LabelEvent } from '@shared/contract/records'
import type { UndoRequest } from '@shared/contract/requests'
import type { ReadableDb, WritableDb } from './database'
import { findBatch, findLabel, insertEntry, undoneByReader } from './labels'

type Step = { uuid: string; galaxyKey: number; kind: LabelEvent['kind']; pass: number; batch: string | null }
type Target = { undoes: string; galaxyKey: number; pass: number }

/**
 * Takes back the annotator's latest entry that stands, of any galaxy and any session, with all that were made as one with it; with a `kind`,
 * the latest of that kind. Gives the entries that this adds; none when there is nothing left to undo.
 */
export function undoLatest(db: WritableDb, request: UndoRequest): LabelEvent[] {
  return undoOf(db, request, (steps) => {
    const undoneBy = undoneByReader(db)
    for (const step of steps) {
      if (step.kind === 'undo' || chainAfter(undoneBy, step.uuid).length % 2 === 1) continue
      return madeWith(db, step).map(({ uuid, ...of }) => ({ ...of, undoes: chainAfter(undoneBy, uuid).tail }))
    }
    return []
  })
}

/**
 * Brings back what the annotator undid last, unless something new was done since; with a `kind`, both are asked of that kind alone. No entries
 * when there is nothing to redo.
 */
export function redoLatest(db: WritableDb, request: UndoRequest): LabelEvent[] {
  return undoOf(db, request, (steps) => {
    const undoneBy = undoneByReader(db)
    const depth = depthReader(db)
    for (const step of steps) {
      if (step.kind !== 'undo') return []
      if (undoneBy(step.uuid) === null && depth(step.uuid) % 2 === 1)
        return madeWith(db, step).map(({ uuid, ...of }) => ({ ...of, undoes: uuid }))
    }
    return []
  })
}

/** The entry and those that were made as one with it. Batches are only undone whole, so what holds of one holds of all. */
function madeWith(db: ReadableDb, step: Step): (Omit<Target, 'undoes'> & { uuid: string })[] {
  const { uuid, galaxyKey, pass, batch } = step
  if (batch === null) return [{ uuid, galaxyKey, pass }]
  return db
    .prepare<[string], { uuid: string; galaxyKey: number; pass: number }>(
      'SELECT uuid, galaxy_key AS galaxyKey, pass FROM labels WHERE batch = ? ORDER BY sequence',
    )
    .all(batch)
}

/** The first entry made has the UUID of the request; those of a batch share it as their batch, so that a redo finds them all. */
function undoOf(db: WritableDb, { uuid, annotator, kind }: UndoRequest, choose: (steps: Iterable<Step>) => Target[]): LabelEvent[] {
  return db
    .transaction(() => {
      const stored = findLabel(db, uuid)
      if (stored !== null) {
        if (stored.kind === 'undo' && stored.annotator === annotator) return stored.batch === null ? [stored] : findBatch(db, stored.batch)
        throw new AppError('label/conflict', `The entry ${uuid} is in the log with other content. Send what is new under a new UUID.`)
      }
      const targets = choose(kind === undefined ? stepsOf(db, annotator) : stepsOfKind(db, annotator, kind))
      const batch = targets.length > 1 ? uuid : null
      const empty = { question: null, answer: null, note: null, durationMs: null }
      return targets.map((target, i) =>
        insertEntry(db, { uuid: i === 0 ? uuid : randomUUID(), annotator, kind: 'undo', batch, ...target, ...empty }),
      )
    })
    .immediate()
}

/** The annotator's entries, latest first. Page by page: a connection that is in the middle of a query can do nothing else. */
function* stepsOf(db: ReadableDb, annotator: string): Generator<Step> {
  const page = db.prepare<[string, number], Step & { sequence: number }>(
    `SELECT sequence, uuid, galaxy_key AS galaxyKey, kind, pass, batch FROM labels WHERE annotator = ? AND sequence < ? ORDER BY sequence DESC LIMIT 64`,
  )
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const steps = page.all(annotator, before)
    yield* steps
    const last = steps.at(-1)
    if (last === undefined) return
    before = last.sequence
  }
}

/** Those of one kind, and the undos and redos of such. */
function* stepsOfKind(db: ReadableDb, annotator: string, kind: LabelEvent['kind']): Generator<Step> {
  const root = db
    .prepare<[string], string>(
      `WITH RECURSIVE chain (kind, undoes) AS (
         SELECT kind, undoes FROM labels WHERE uuid = ?
         UNION ALL SELECT labels.kind, labels.undoes FROM labels JOIN chain ON labels.uuid = chain.undoes)
       SELECT kind FROM chain WHERE undoes IS NULL`,
    )
    .pluck()
  for (const step of stepsOf(db, annotator)) if (step.kind === kind || (step.kind === 'undo' && root.get(step.uuid) === kind)) yield step
}

/** The end of the chain of undo and redo that hangs from an entry, and how many links it has; see [Note: Undo and redo]. */
function chainAfter(undoneBy: (uuid: string) => string | null, uuid: string): { tail: string; length: number } {
  let tail = uuid
  let length = 0
  for (let next = undoneBy(tail); next !== null; next = undoneBy(tail)) {
    tail = next
    length++
  }
  return { tail, length }
}

/** How many links an undo is away from what it takes back or brings back: odd undoes, even redoes. */
function depthReader(db: ReadableDb): (uuid: string) => number {
  const undoes = db.prepare<[string], string | null>('SELECT undoes FROM labels WHERE uuid = ?').pluck()
  return (uuid) => {
    let count = 0
    for (let entry = undoes.get(uuid); typeof entry === 'string'; entry = undoes.get(entry)) count++
    return count
  }
}
