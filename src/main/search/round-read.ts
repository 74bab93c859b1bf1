import type { ReadableDb } from '@main/catalogue/database'
import type { GalaxyRows } from './galaxy-rows'

/** The galaxies of a round's queue, those drawn for testing among them. */
export function readRound(db: ReadableDb, round: number, rows: GalaxyRows): Int32Array {
  const keys = db
    .prepare<{ round: number }, number>(
      'SELECT galaxy_key FROM acquisitions WHERE round = :round UNION SELECT galaxy_key FROM test_draws WHERE round = :round',
    )
    .pluck()
    .all({ round })
  return Int32Array.from(keys, rows.rowOf).filter((row) => row !== -1)
}

/** The acquisition scores [N] of a round, in nats: NaN for galaxies drawn at random and those not in it. */
export function readScores(db: ReadableDb, round: number, rows: GalaxyRows): Float64Array {
  const scores = new Float64Array(rows.count).fill(NaN)
  const chosen = db
    .prepare<[number], [number, number]>('SELECT galaxy_key, score FROM acquisitions WHERE round = ? AND score IS NOT NULL')
    .raw()
  for (const [key, score] of chosen.iterate(round)) {
    const row = rows.rowOf(key)
    if (row !== -1) scores[row] = score
  }
  return scores
}
