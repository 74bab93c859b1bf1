import { expect, test } from 'vitest'
import type { WritableDb } from '@main/catalogue/open'
import { addRecordedVotes } from '@main/catalogue/recorded-votes'
import { readSetting } from '@main/catalogue/settings'
import { splitSurvey } from '@main/catalogue/splits'
import { readSummary } from '@main/catalogue/summary'
import { countTestVotes, testVotes, yardstickOf } from '@main/catalogue/test-votes'
import { projectTree } from '@main/catalogue/trees'
import { chooseVoteSet, ensureVoteSet, projectVoteSet } from '@main/catalogue/votes'
import { importRows, row, surveyProject } from './support'

const VOTES = [30, 8, 2, 3, 5, 1, 4, 2, 38]
const testKeys = (db: WritableDb) => db.prepare<[], number>("SELECT galaxy_key FROM held_out WHERE side = 'test'").pluck().all()

/** The number that is kept, after a look that it is kept at all and right. */
function kept(db: WritableDb): number {
  const { key } = projectVoteSet(db)!
  expect(readSetting(db, 'testVotes')).toHaveProperty(String(key), countTestVotes(db, key))
  return testVotes(db)
}

test('the number of test galaxies with votes is kept by the split', () => {
  const { db } = surveyProject({ count: 40, votes: (i) => (i % 2 === 0 ? VOTES : null) })
  splitSurvey(db, { test: 10, initial: 10, seed: 1 })
  const odd = testKeys(db).filter((key) => key % 2 === 1).length
  expect(odd).toBeGreaterThan(0)
  expect(kept(db)).toBe(odd)
  expect(readSummary(db).counts.testLabelled).toBe(odd)
})

test('votes that come later change it, those of new galaxies do not', () => {
  const { db } = surveyProject({ count: 40 })
  splitSurvey(db, { test: 10, initial: 10, seed: 1 })
  expect(testVotes(db)).toBe(0)
  addRecordedVotes(
    db,
    'later',
    'votes.csv',
    testKeys(db)
      .slice(0, 3)
      .map((galaxyKey) => ({ galaxyKey, counts_A: VOTES })),
  )
  expect(kept(db)).toBe(3)
  importRows(db, [row('new', { votes: [{ voteSetKey: projectVoteSet(db)!.key, counts_A: VOTES }] })])
  expect(kept(db)).toBe(3)
})

test('another vote set has its own', () => {
  const { db } = surveyProject({ count: 40, votes: () => VOTES })
  splitSurvey(db, { test: 10, initial: 10, seed: 1 })
  const other = ensureVoteSet(db, 'other', projectTree(db).version)
  importRows(db, [row('new', { votes: [{ voteSetKey: other.key, counts_A: VOTES }] })])
  expect(kept(db)).toBe(10)
  chooseVoteSet(db, other.key)
  expect(kept(db)).toBe(0)
})

test('volunteers are the yardstick where they are enough, else whoever labelled more', () => {
  expect([yardstickOf(30, 500), yardstickOf(13, 187), yardstickOf(13, 4), yardstickOf(0, 3)]).toEqual([
    'volunteers',
    'experts',
    'volunteers',
    'experts',
  ])
})
