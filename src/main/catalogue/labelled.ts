import type { LabelEvent } from '@shared/contract/records'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from './database'
import { groupBy } from './group-by'
import { labelState, type LabelEntry, type LabelState } from './label-state'
import { standingTest, type Undoing } from './standing'

/** The galaxies on which an entry of one of these kinds stands, whoever made it. */
function galaxiesWith(db: ReadableDb, kinds: readonly LabelEvent['kind'][]): Set<number> {
  const stands = standingTest(db.prepare<[], Undoing>('SELECT uuid, undoes FROM labels WHERE undoes IS NOT NULL').all())
  const galaxies = new Set<number>()
  const rows = db
    .prepare<[string], [string, number]>('SELECT uuid, galaxy_key FROM labels WHERE kind IN (SELECT value FROM json_each(?))')
    .raw()
  for (const [uuid, galaxyKey] of rows.iterate(JSON.stringify(kinds))) if (stands(uuid)) galaxies.add(galaxyKey)
  return galaxies
}

/** The galaxies that an expert answered at least one question about. */
export function answeredGalaxies(db: ReadableDb): Set<number> {
  return galaxiesWith(db, ['answer', 'resolve'])
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
