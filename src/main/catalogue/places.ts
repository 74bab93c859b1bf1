import type { ReadableDb } from './database'
import { keptValue } from './statements'

/** The place of a galaxy among those of a round. */
export function placeIn(db: ReadableDb, round: number, galaxyKey: number): number | undefined {
  return keptValue<[{ round: number; galaxyKey: number }], number>(
    db,
    `SELECT place FROM acquisitions WHERE round = :round AND galaxy_key = :galaxyKey
     UNION ALL SELECT place FROM test_draws WHERE round = :round AND galaxy_key = :galaxyKey`,
  ).get({ round, galaxyKey })
}
