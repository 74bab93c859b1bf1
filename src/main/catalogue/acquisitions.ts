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

/** Keeps the galaxies of a round, ranked in this order from 1, with the places given in its queue. Call inside a transaction. */
export function insertAcquisitions(db: WritableDb, round: number, picks: readonly Pick[], places: readonly number[]): void {
  const isHeldOut = db.prepare<[number], number>('SELECT 1 FROM held_out WHERE galaxy_key = ?').pluck()
  const insert = db.prepare(
    `INSERT INTO acquisitions (round, galaxy_key, rank, place, score, is_random, inclusion_probability, parts)
     VALUES (:round, :galaxyKey, :rank, :place, :score, :isRandom, :inclusionProbability, :parts)`,
  )
  picks.forEach((pick, i) => {
    if (isHeldOut.get(pick.galaxyKey) !== undefined) {
      throw new AppError('round/held-out', `Galaxy number ${pick.galaxyKey} is held out for testing and can never be chosen for training.`)
    }
    const parts = JSON.stringify(pick.parts)
    insert.run({ ...pick, round, rank: i + 1, place: places[i]!, isRandom: Number(pick.isRandom), parts })
  })
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
