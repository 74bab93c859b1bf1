import { AppError } from '@shared/science/errors'
import type { ScorePart } from '@shared/contract/records'
import type { ReadableDb, WritableDb } from './database'

/** A galaxy that a strategy chose. `score` in nats, null for one drawn at random. */
export type Pick = {
  galaxyKey: number
  score: number | null
  isRandom: boolean
  inclusionProbability: number | null
  parts: Record<string, ScorePart>
}

/**
 * Keeps the galaxies of a round, ranked in this order from 1, with the places given in its queue. Throws `round/held-out`. Call inside a
 * transaction.
 */
export function insertAcquisitions(db: WritableDb, round: number, picks: readonly Pick[], places: readonly number[]): void {
  const insert = db.prepare<[number, number, number, number, number | null, number, number | null, string]>(
    `INSERT INTO acquisitions (round, galaxy_key, rank, place, score, is_random, inclusion_probability, parts)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  // In the order of the keys the rows of a large initial set go in one after another, not all over the tables.
  const order = Uint32Array.from(picks, (_, i) => i).sort((a, b) => picks[a]!.galaxyKey - picks[b]!.galaxyKey)
  for (const i of order) {
    const { galaxyKey, score, isRandom, inclusionProbability, parts } = picks[i]!
    insert.run(round, galaxyKey, i + 1, places[i]!, score, Number(isRandom), inclusionProbability, JSON.stringify(parts))
  }
  refuseHeldOut(db, round)
}

function refuseHeldOut(db: ReadableDb, round: number): void {
  const heldOut = db
    .prepare<[number], number>('SELECT galaxy_key FROM acquisitions JOIN held_out USING (galaxy_key) WHERE round = ? ORDER BY rank LIMIT 1')
    .pluck()
    .get(round)
  if (heldOut === undefined) return
  throw new AppError('round/held-out', `Galaxy number ${heldOut} is held out for testing and can never be chosen for training.`)
}

/** The galaxies chosen in a round, in the order of their rank. */
export function readAcquisitions(db: ReadableDb, round: number): (Pick & { rank: number; id: string })[] {
  type Row = Omit<Pick, 'isRandom' | 'parts'> & { rank: number; id: string; isRandom: number; parts: string }
  return db
    .prepare<[number], Row>(
      `SELECT galaxy_key AS galaxyKey, galaxies.id, rank, score, is_random AS isRandom, inclusion_probability AS inclusionProbability, parts
       FROM acquisitions JOIN galaxies USING (galaxy_key) WHERE round = ? ORDER BY rank`,
    )
    .all(round)
    .map((row) => ({ ...row, isRandom: row.isRandom === 1, parts: JSON.parse(row.parts) as Record<string, ScorePart> }))
}
