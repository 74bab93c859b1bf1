import type { Quality } from '@shared/contract/quality'
import { wilsonInterval } from '@shared/science/agreement/wilson'
import type { ReadableDb, WritableDb } from './database'
import { readLabelState } from './labels'

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

/**
 * What an annotator answered of the galaxies of known answers, as it stands now, by question: `right` of `n` answers with the 95 % interval of
 * their share, and `other` complete galaxies without an answer to it, because another path was taken or they could not tell.
 */
export function goldResults(db: ReadableDb, annotator: string): Quality['gold'] {
  const known = db
    .prepare<[string], GoldAnswer & { isComplete: number }>(
      `SELECT galaxy_key AS galaxyKey, question, answer, is_complete AS isComplete FROM gold JOIN label_states USING (galaxy_key)
       WHERE annotator = ? ORDER BY galaxy_key, question`,
    )
    .all(annotator)
  const counts: Record<string, { right: number; n: number; other: number }> = {}
  for (const { galaxyKey, question, answer, isComplete } of known) {
    const given = readLabelState(db, galaxyKey, annotator).answers.find((each) => each.question === question)
    if (!given && isComplete === 0) continue
    const count = (counts[question] ??= { right: 0, n: 0, other: 0 })
    if (!given) count.other += 1
    else {
      count.n += 1
      count.right += Number(given.answer === answer)
    }
  }
  return Object.fromEntries(
    Object.entries(counts).map(([question, { right, n, other }]) => {
      const { low, high } = n === 0 ? { low: null, high: null } : wilsonInterval(right, n)
      return [question, { right, n, other, low, high }]
    }),
  )
}
