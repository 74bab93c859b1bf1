import type { LabelEvent } from '@shared/contract/records'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from './database'
import { groupBy } from './group-by'
import { labelState, type LabelEntry, type LabelState } from './label-state'
import { standingTest, type Undoing } from './standing'
import { projectTree } from './trees'

const ANSWERS: readonly LabelEvent['kind'][] = ['answer', 'resolve']

/** The galaxies on which an entry of one of these kinds stands, whoever made it; with `keys` only those among them. */
function galaxiesWith(db: ReadableDb, kinds: readonly LabelEvent['kind'][], keys?: readonly number[]): Set<number> {
  const among = keys === undefined ? '' : 'AND galaxy_key IN (SELECT value FROM json_each(:keys))'
  const given = { kinds: JSON.stringify(kinds), keys: JSON.stringify(keys ?? []) }
  const stands = standingTest(
    db.prepare<typeof given, Undoing>(`SELECT uuid, undoes FROM labels WHERE undoes IS NOT NULL ${among}`).all(given),
  )
  const galaxies = new Set<number>()
  const rows = db
    .prepare<typeof given, [string, number]>(
      `SELECT uuid, galaxy_key FROM labels WHERE kind IN (SELECT value FROM json_each(:kinds)) AND pass = 0 ${among}`,
    )
    .raw()
  for (const [uuid, key] of rows.iterate(given)) if (stands(uuid)) galaxies.add(key)
  return galaxies
}

/** Those of `keys` that an expert answered at least one question about. */
export const answeredAmong = (db: ReadableDb, keys: readonly number[]): Set<number> => answeredIn(db, keys)

/** Where an answer counts. One that stands in the log counts no more once "cannot tell" took its place. */
function answeredIn(db: ReadableDb, keys?: readonly number[]): Set<number> {
  const answered = galaxiesWith(db, ANSWERS, keys)
  const untold = [...galaxiesWith(db, ['cannot-tell'], keys)].filter((key) => answered.has(key))
  if (untold.length === 0) return answered
  const resolved = galaxiesWith(db, ['resolve'], untold)
  for (const { galaxyKey: key, byAnnotator } of labelStates(db, projectTree(db).tree, untold))
    if (!resolved.has(key) && [...byAnnotator.values()].every(({ answers }) => answers.length === 0)) answered.delete(key)
  return answered
}

type Answered = { readonly sequence: number; readonly galaxies: Set<number> }
/** As the log stood when it was last asked: the window asks again and again while it grows by single entries. */
const lastAnswered = new WeakMap<ReadableDb, Answered>()
/** Beyond so many the whole log is read faster. */
const MOST_CHANGED = 500

/** The galaxies that an expert answered at least one question about. Not to be changed by whoever asks. */
export function answeredGalaxies(db: ReadableDb): ReadonlySet<number> {
  // What is not committed may never be.
  if (db.inTransaction) return answeredIn(db)
  return db.transaction(() => {
    const sequence = db.prepare<[], number>('SELECT coalesce(max(sequence), 0) FROM labels').pluck().get()!
    const last = lastAnswered.get(db)
    if (last?.sequence === sequence) return last.galaxies
    const changed = last === undefined ? null : changedGalaxies(db, last.sequence)
    const galaxies = last === undefined || changed === null ? answeredIn(db) : last.galaxies
    for (const galaxyKey of changed ?? []) galaxies.delete(galaxyKey)
    for (const galaxyKey of answeredIn(db, changed ?? [])) galaxies.add(galaxyKey)
    lastAnswered.set(db, { sequence, galaxies })
    return galaxies
  })()
}

/** Those with entries since, an undo among them; null where they are many. */
function changedGalaxies(db: ReadableDb, since: number): number[] | null {
  const keys = db
    .prepare<[number, number], number>('SELECT DISTINCT galaxy_key FROM labels WHERE sequence > ? LIMIT ?')
    .pluck()
    .all(since, MOST_CHANGED + 1)
  return keys.length > MOST_CHANGED ? null : keys
}

/** The galaxies that an expert answered about, could not tell of, or skipped: they are not asked about again unless the expert goes back to them. */
export function handledGalaxies(db: ReadableDb): Set<number> {
  return galaxiesWith(db, ['answer', 'resolve', 'cannot-tell', 'skip'])
}

export type GalaxyStates = { galaxyKey: number; byAnnotator: Map<string, LabelState> }

/** What counts for every galaxy with entries, or for those of `keys`, by annotator, in the order of the keys. */
export function* labelStates(db: ReadableDb, tree: DecisionTree, keys?: readonly number[]): Generator<GalaxyStates> {
  type Row = LabelEntry & { galaxyKey: number; annotator: string }
  const ofKeys = keys === undefined ? '' : 'AND galaxy_key IN (SELECT value FROM json_each(:keys))'
  const rows = db
    .prepare<{ keys: string }, Row>(
      `SELECT galaxy_key AS galaxyKey, annotator, uuid, kind, question, answer, note, undoes FROM labels
       WHERE pass = 0 ${ofKeys} ORDER BY galaxy_key, sequence`,
    )
    .all({ keys: JSON.stringify(keys ?? []) })
  for (const [galaxyKey, entries] of groupBy(rows, (row) => row.galaxyKey)) {
    const byAnnotator = new Map([...groupBy(entries, (row) => row.annotator)].map(([name, own]) => [name, labelState(tree, own)]))
    yield { galaxyKey, byAnnotator }
  }
}
