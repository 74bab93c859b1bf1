import type { ReadableDb, WritableDb } from './database'
import { readSetting, writeSetting } from './settings'
import { projectVoteSet, voteSets } from './votes'

/** Fewer labelled test galaxies than this say nothing. */
export const LEAST_TEST_GALAXIES = 30

export type LabelledBy = 'volunteers' | 'experts'

/**
 * Errors against volunteers' fractions and against single answers are different things, so one of the two is the yardstick: the volunteers where so many
 * test galaxies have their votes that they can measure, else whoever labelled more.
 */
export const yardstickOf = (volunteers: number, experts: number): LabelledBy =>
  volunteers >= LEAST_TEST_GALAXIES || volunteers >= experts ? 'volunteers' : 'experts'

/**
 * How many test galaxies with an image have votes of the project's vote set. Counting them takes half a second for 200,000, too long for every look at the
 * project, so the numbers are kept, by the key of the vote set; only the split and votes that come later change them.
 */
export function testVotes(db: ReadableDb): number {
  const voteSet = projectVoteSet(db)
  if (voteSet === null) return 0
  const kept = readSetting(db, 'testVotes') as Record<string, number> | undefined
  return kept?.[voteSet.key] ?? countTestVotes(db, voteSet.key)
}

/** Counts the test galaxies with an image and votes anew and keeps the numbers. Call inside the transaction that changes them. */
export function keepTestVotes(db: WritableDb): void {
  writeSetting(db, 'testVotes', Object.fromEntries(voteSets(db).map(({ key }) => [key, countTestVotes(db, key)])))
}

/** Looks up every test galaxy. */
export function countTestVotes(db: ReadableDb, voteSetKey: number): number {
  return db
    .prepare<[number], number>(
      `SELECT count(*) FROM held_out JOIN votes USING (galaxy_key)
       WHERE side = 'test' AND vote_set_key = ? AND EXISTS (SELECT 1 FROM views WHERE views.galaxy_key = held_out.galaxy_key AND view = 1)`,
    )
    .pluck()
    .get(voteSetKey)!
}
