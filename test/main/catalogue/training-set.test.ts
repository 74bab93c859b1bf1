import { describe, expect, test } from 'vitest'
import { readAcquisitions } from '@main/catalogue/acquisitions'
import { combineVotes } from '@main/catalogue/combine-votes'
import { appendLabel } from '@main/catalogue/labels'
import type { WritableDb } from '@main/catalogue/open'
import { readQueue } from '@main/catalogue/queue'
import { addRecordedVotes } from '@main/catalogue/recorded-votes'
import { openRound } from '@main/catalogue/rounds'
import { revealVotes, splitSurvey } from '@main/catalogue/splits'
import { readSummary } from '@main/catalogue/summary'
import { readCandidates, readTestSet, readTrainingSet } from '@main/catalogue/training-set'
import { undoLatest } from '@main/catalogue/undo'
import { answerOf, importRows, nextUuid, row, SMALL_TREE_ANSWERS, smallTree, surveyProject } from './support'

const replace = { combine: 'replace', expertWeight: 5 } as const
/** Votes that tell whose they are. */
const votesOf = (index: number) => [index + 1, 8, 2, 3, 5, 1, 4, 2, 38]
const keys = (images: Iterable<{ galaxyKey: number }>) => Array.from(images, ({ galaxyKey }) => galaxyKey)
const testKeys = (db: WritableDb) =>
  db.prepare<[], number>("SELECT galaxy_key FROM held_out WHERE side = 'test' ORDER BY galaxy_key").pluck().all()
const revealed = (db: WritableDb) => db.prepare<[], number>('SELECT galaxy_key FROM revealed_votes ORDER BY galaxy_key').pluck().all()
const pick = (galaxyKey: number) => ({ galaxyKey, score: 1, isRandom: false, inclusionProbability: null, parts: {} })
const newRound = { strategy: 'entropy', modelId: null, seed: 1, params: {} } as const

describe('the training set', () => {
  test('holds the votes that were revealed and no others, in the order of the keys', () => {
    const { db } = surveyProject({ count: 40, votes: votesOf })
    splitSurvey(db, { test: 10, initial: 6, seed: 1 })
    const set = readTrainingSet(db, replace)
    expect(set.galaxyKeys).toEqual(revealed(db))
    expect(set.ids).toEqual(set.galaxyKeys.map((key) => `g${key}`))
    expect(set.imagePaths).toEqual(set.ids.map((id) => `/survey/${id}.jpg`))
    expect([...set.votes_NA]).toEqual(set.galaxyKeys.flatMap((key) => votesOf(key - 1)))
    expect([...set.weights_NQ]).toEqual(new Array(6 * 4).fill(1))
  })

  test('grows by what the oracle reveals of a round', () => {
    const { db } = surveyProject({ count: 40, votes: votesOf })
    splitSurvey(db, { test: 10, initial: 6, seed: 1 })
    const [next] = readCandidates(db)
    openRound(db, newRound, [pick(next!.galaxyKey)])
    expect(readTrainingSet(db, replace).galaxyKeys).toHaveLength(6)
    expect(revealVotes(db, 1)).toBe(1)
    expect(readTrainingSet(db, replace).galaxyKeys).toContain(next!.galaxyKey)
  })

  test('never holds a test galaxy, whatever is answered about it', () => {
    const { db } = surveyProject({ count: 40 })
    splitSurvey(db, { test: 10, initial: 16, seed: 1 })
    for (const { galaxyKey } of readQueue(db, 'ada')!.items) appendLabel(db, answerOf(galaxyKey, 'smooth', 'yes'))
    for (const key of testKeys(db)) appendLabel(db, answerOf(key, 'smooth', 'no', 'ben'))
    const set = readTrainingSet(db, replace)
    expect(set.galaxyKeys).toHaveLength(16)
    expect(set.galaxyKeys.filter((key) => testKeys(db).includes(key))).toEqual([])
  })

  test('takes the expert at their last word, and forgets what they took back', () => {
    const { db } = surveyProject({ count: 10 })
    splitSurvey(db, { test: 0, initial: 'all', seed: 1 })
    appendLabel(db, answerOf(1, 'smooth', 'yes'))
    appendLabel(db, answerOf(1, 'smooth', 'artifact'))
    appendLabel(db, answerOf(2, 'smooth', 'yes'))
    undoLatest(db, { uuid: nextUuid(), annotator: 'ada' })
    const { galaxyKeys, votes_NA, weights_NQ } = readTrainingSet(db, replace)
    expect(galaxyKeys).toEqual([1])
    expect([...votes_NA]).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0])
    expect([...weights_NQ]).toEqual([5, 1, 1, 1])
  })

  test('has no galaxy without an image', () => {
    const { db } = surveyProject({ count: 5 })
    importRows(db, [row('imageless', { image: null })])
    splitSurvey(db, { test: 0, initial: 2, seed: 1 })
    appendLabel(db, answerOf(6, 'smooth', 'yes'))
    expect(readTrainingSet(db, replace).galaxyKeys).toEqual([])
  })

  test('is refused before the split, and so are the test set and the candidates', () => {
    const { db } = surveyProject({ count: 5 })
    const missing = expect.objectContaining({ code: 'split/missing' }) as Error
    expect(() => readTrainingSet(db, replace)).toThrow(missing)
    expect(() => readTestSet(db)).toThrow(missing)
    expect(() => readCandidates(db)).toThrow(missing)
  })
})

describe('combining volunteers and experts', () => {
  const volunteers = [10, 20, 2, 3, 5, 0, 0, 2, 38]
  const expert = [
    { question: 'smooth', answer: 'no' },
    { question: 'edge-on', answer: 'no' },
    { question: 'bar', answer: 'yes' },
  ]

  test('replace: the expert stands for the volunteers of that question, with a weight', () => {
    const { votes_A, weights_Q } = combineVotes(smallTree, volunteers, [expert], { combine: 'replace', expertWeight: 20 })
    expect([...votes_A]).toEqual([0, 1, 0, 0, 1, 1, 0, 2, 38])
    expect([...weights_Q]).toEqual([20, 20, 20, 1])
  })

  test('sum: the expert counts as so many volunteers; where none voted, as in replace', () => {
    const { votes_A, weights_Q } = combineVotes(smallTree, volunteers, [expert], { combine: 'sum', expertWeight: 20 })
    expect([...votes_A]).toEqual([10, 40, 2, 3, 25, 1, 0, 2, 38])
    expect([...weights_Q]).toEqual([1, 1, 20, 1])
  })

  test('two experts are two votes', () => {
    const other = [{ question: 'smooth', answer: 'yes' }]
    const { votes_A } = combineVotes(smallTree, null, [expert, other], { combine: 'replace', expertWeight: 1 })
    expect([...votes_A]).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 0])
  })

  test('without an expert the volunteers are left as they are, all weights 1', () => {
    const { votes_A, weights_Q } = combineVotes(smallTree, volunteers, [], { combine: 'sum', expertWeight: 20 })
    expect([[...votes_A], [...weights_Q]]).toEqual([volunteers, [1, 1, 1, 1]])
  })
})

describe('the test set', () => {
  test('holds the volunteers of the test galaxies where there are any, whatever experts say', () => {
    const { db } = surveyProject({ count: 20, votes: votesOf })
    splitSurvey(db, { test: 5, initial: 5, seed: 1 })
    appendLabel(db, answerOf(testKeys(db)[0]!, 'smooth', 'artifact'))
    const set = readTestSet(db)
    expect([set.labelledBy, set.galaxyKeys]).toEqual([new Array(5).fill('volunteers'), testKeys(db)])
    expect([...set.votes_NA]).toEqual(testKeys(db).flatMap((key) => votesOf(key - 1)))
  })

  test('holds experts in a project without votes', () => {
    const { db } = surveyProject({ count: 20 })
    splitSurvey(db, { test: 5, initial: 5, seed: 1 })
    const [first] = testKeys(db)
    appendLabel(db, answerOf(first!, 'smooth', 'yes'))
    const set = readTestSet(db)
    expect([set.labelledBy, set.galaxyKeys, set.votes_NA.length]).toEqual([['experts'], [first], SMALL_TREE_ANSWERS])
    expect(readSummary(db).counts).toMatchObject({ test: 5, testLabelled: 1, labelled: 0 })
  })
})

describe('votes added to a survey that had none', () => {
  test('train on the galaxies they are of, and leave the test galaxies to the expert', () => {
    const { db } = surveyProject({ count: 40 })
    splitSurvey(db, { test: 10, initial: 8, seed: 1 })
    const drawn = () =>
      readQueue(db, 'ada')!
        .items.map(({ galaxyKey }) => galaxyKey)
        .filter((key) => testKeys(db).includes(key))
    const [answered] = drawn()
    appendLabel(db, answerOf(answered!, 'smooth', 'yes'))
    const chosen = readAcquisitions(db, 0).map(({ galaxyKey }) => galaxyKey)
    addRecordedVotes(
      db,
      'club',
      'club.csv',
      chosen.map((galaxyKey) => ({ galaxyKey, counts_A: votesOf(galaxyKey - 1) })),
    )
    expect(revealVotes(db, 0)).toBe(8)
    expect(readTrainingSet(db, replace).galaxyKeys).toHaveLength(8)
    expect(readTestSet(db)).toMatchObject({ galaxyKeys: [answered], labelledBy: ['experts'] })
    expect(readSummary(db)).toMatchObject({ hasVotes: true, counts: { withVotes: 8, labelled: 8, testLabelled: 1 } })
    openRound(db, newRound, [pick([...readCandidates(db)][0]!.galaxyKey)])
    expect(drawn()).toHaveLength(1)
  })
})

describe('the candidates', () => {
  test('are of the pool, with an image, not labelled, not skipped, and not in the open round', () => {
    const { db } = surveyProject({ count: 30 })
    importRows(db, [row('imageless', { image: null })])
    splitSurvey(db, { test: 6, initial: 8, seed: 1 })
    const round = readQueue(db, 'ada')!.items.map(({ galaxyKey }) => galaxyKey)
    const free = Array.from({ length: 30 }, (_, i) => i + 1).filter((key) => !testKeys(db).includes(key) && !round.includes(key))
    expect(keys(readCandidates(db))).toEqual(free)
    const [answered, skipped, chosen] = free
    appendLabel(db, answerOf(answered!, 'smooth', 'yes'))
    appendLabel(db, { uuid: nextUuid(), galaxyKey: skipped!, kind: 'skip', annotator: 'ada' })
    openRound(db, newRound, [pick(chosen!)])
    const unlabelled = round.filter((key) => !testKeys(db).includes(key))
    expect(keys(readCandidates(db))).toEqual([...free.slice(3), ...unlabelled].sort((a, b) => a - b))
  })

  test('have no revealed votes', () => {
    const { db } = surveyProject({ count: 30, votes: votesOf })
    splitSurvey(db, { test: 6, initial: 8, seed: 1 })
    expect(keys(readCandidates(db)).filter((key) => revealed(db).includes(key))).toEqual([])
    expect(keys(readCandidates(db))).toHaveLength(16)
  })
})
