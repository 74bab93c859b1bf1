import type { WritableDb } from './database'

export type GoldAnswer = { galaxyKey: number; question: string; answer: string }

/** Keeps answers known beforehand; a known answer to the same question of the same galaxy is replaced. Returns how many are known now. */
export function keepGold(db: WritableDb, answers: readonly GoldAnswer[]): number {
  return db
    .transaction(() => {
      const keep = db.prepare<GoldAnswer>(
        `INSERT INTO gold (galaxy_key, question, answer) VALUES (:galaxyKey, :question, :answer)
         ON CONFLICT (galaxy_key, question) DO UPDATE SET answer = excluded.answer`,
      )
      for (const answer of answers) keep.run(answer)
      return db.prepare<[], number>('SELECT count(*) FROM gold').pluck().get()!
    })
    .immediate()
}
