import type { ReadableDb } from './database'

/** The place of a galaxy among those of a round. */
export function placeIn(db: ReadableDb, round: number, galaxyKey: number): number | undefined {
  return db
    .prepare<{ round: number; galaxyKey: number }, number>(
      `SELECT place FROM acquisitions WHERE round = :round AND galaxy_key = :galaxyKey
       UNION ALL SELECT place FROM test_draws WHERE round = :round AND galaxy_key = :galaxyKey`,
    )
    .pluck()
    .get({ round, galaxyKey })
}
