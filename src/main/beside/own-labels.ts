import type { DecisionTree } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from '@main/catalogue/database'
import { groupBy } from '@main/catalogue/group-by'
import { labelState, type LabelEntry, type LabelState } from '@main/catalogue/label-state'

/** What one annotator said of a galaxy; the larger `sequence`, the later. */
export type OwnLabel = LabelState & { readonly sequence: number }

/** What one annotator said, by galaxy, as of `sequence` of the log; of galaxies that came back to measure the annotator, the first time. */
export type OwnLabels = { readonly sequence: number; readonly byKey: Map<number, OwnLabel> }

/** Annotators whose labels are kept. */
const MOST_ANNOTATORS = 8

/** Reads each annotator's part of the log once, and from then on only the galaxies with new entries. */
export function createOwnLabels(db: ReadableDb): (annotator: string, tree: DecisionTree, sequence: number) => OwnLabels {
  const kept = new Map<string, OwnLabels>()
  return (annotator, tree, sequence) => {
    const before = kept.get(annotator)
    const labels = before?.sequence === sequence ? before : readOwn(db, tree, annotator, sequence, before)
    kept.delete(annotator)
    kept.set(annotator, labels)
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_ANNOTATORS) break
      kept.delete(oldest)
    }
    return labels
  }
}

type Row = LabelEntry & { galaxyKey: number; sequence: number }

/** Brings `before`, where there is one, up to `sequence`. */
function readOwn(db: ReadableDb, tree: DecisionTree, annotator: string, sequence: number, before: OwnLabels | undefined): OwnLabels {
  const changed =
    before === undefined ? '' : 'AND galaxy_key IN (SELECT galaxy_key FROM labels WHERE annotator = :annotator AND sequence > :since)'
  const rows = db
    .prepare<{ annotator: string; since?: number }, Row>(
      `SELECT galaxy_key AS galaxyKey, sequence, uuid, kind, question, answer, note, undoes FROM labels
       WHERE annotator = :annotator AND pass = 0 ${changed} ORDER BY galaxy_key, sequence`,
    )
    .all(before === undefined ? { annotator } : { annotator, since: before.sequence })
  const byKey = before?.byKey ?? new Map<number, OwnLabel>()
  for (const [galaxyKey, entries] of groupBy(rows, (row) => row.galaxyKey))
    byKey.set(galaxyKey, { ...labelState(tree, entries), sequence: entries.at(-1)!.sequence })
  return { sequence, byKey }
}
