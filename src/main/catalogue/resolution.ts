import type { ReadableDb } from './database'
import { groupBy } from './group-by'
import type { LabelEntry } from './label-state'
import { standingTest } from './standing'

type Resolve = { galaxyKey: number; question: string; answer: string }

/** The agreed answers of every galaxy that somebody resolved, oldest first, by galaxy. */
export function readResolves(db: ReadableDb, galaxyKey?: number): Map<number, Resolve[]> {
  type Row = LabelEntry & { galaxyKey: number; isOfResolve: number }
  const rows = db
    .prepare<{ galaxyKey: number | null }, Row>(
      `SELECT galaxy_key AS galaxyKey, uuid, kind, question, answer, note, undoes FROM labels
       WHERE galaxy_key IN (SELECT galaxy_key FROM labels WHERE kind = 'resolve' AND galaxy_key = coalesce(:galaxyKey, galaxy_key))
       ORDER BY sequence`,
    )
    .all({ galaxyKey: galaxyKey ?? null })
  const stands = standingTest(rows)
  const standing = rows.filter(({ kind, uuid }) => kind === 'resolve' && stands(uuid))
  return groupBy(
    standing.map((row) => ({ galaxyKey: row.galaxyKey, question: row.question!, answer: row.answer! })),
    (row) => row.galaxyKey,
  )
}
