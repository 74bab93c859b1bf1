import { AppError } from '@shared/science/errors'
import type { LabelEvent } from '@shared/contract/records'
import type { ReadableDb, WritableDb } from './database'
import { findLabel, insertEntry, undoneByReader } from './labels'

/** `uuid` is of the entry to be made: sent again, the same entry comes back. */
export type UndoRequest = { uuid: string; annotator: string }

type Step = { uuid: string; galaxyKey: number; kind: LabelEvent['kind'] }

/** Takes back the annotator's latest entry that stands, of any galaxy and any session; null when there is nothing left to undo. */
export function undoLatest(db: WritableDb, request: UndoRequest): LabelEvent | null {
  return undoOf(db, request, (steps) => {
    const undoneBy = undoneByReader(db)
    for (const step of steps) {
      if (step.kind === 'undo') continue
      const { tail, length } = chainAfter(undoneBy, step.uuid)
      if (length % 2 === 0) return { undoes: tail, galaxyKey: step.galaxyKey }
    }
    return null
  })
}

/** Brings back what the annotator undid last, unless something new was done since; null when there is nothing to redo. */
export function redoLatest(db: WritableDb, request: UndoRequest): LabelEvent | null {
  return undoOf(db, request, (steps) => {
    const undoneBy = undoneByReader(db)
    const depth = depthReader(db)
    for (const step of steps) {
      if (step.kind !== 'undo') return null
      if (undoneBy(step.uuid) === null && depth(step.uuid) % 2 === 1) return { undoes: step.uuid, galaxyKey: step.galaxyKey }
    }
    return null
  })
}

function undoOf(
  db: WritableDb,
  { uuid, annotator }: UndoRequest,
  choose: (steps: Iterable<Step>) => { undoes: string; galaxyKey: number } | null,
): LabelEvent | null {
  return db
    .transaction(() => {
      const stored = findLabel(db, uuid)
      if (stored !== null) {
        if (stored.kind === 'undo' && stored.annotator === annotator) return stored
        throw new AppError('label/conflict', `The entry ${uuid} is in the log with other content. Send what is new under a new UUID.`)
      }
      const target = choose(stepsOf(db, annotator))
      if (target === null) return null
      return insertEntry(db, { uuid, annotator, kind: 'undo', ...target, question: null, answer: null, note: null, durationMs: null })
    })
    .immediate()
}

/** The annotator's entries, latest first. Page by page: a connection that is in the middle of a query can do nothing else. */
function* stepsOf(db: ReadableDb, annotator: string): Generator<Step> {
  const page = db.prepare<[string, number], Step & { sequence: number }>(
    `SELECT sequence, uuid, galaxy_key AS galaxyKey, kind FROM labels WHERE annotator = ? AND sequence < ? ORDER BY sequence DESC LIMIT 64`,
  )
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const steps = page.all(annotator, before)
    yield* steps
    const last = steps.at(-1)
    if (last === undefined) return
    before = last.sequence
  }
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
