import { describe, expect, test } from 'vitest'
import type { Pick } from '@main/catalogue/acquisitions'
import { appendLabel } from '@main/catalogue/labels'
import type { WritableDb } from '@main/catalogue/open'
import { nextOpenPosition, readProgress, readQueue } from '@main/catalogue/queue'
import { readQueueItem } from '@main/catalogue/queue-items'
import { turnOf } from '@main/catalogue/turns'
import { latestRound, openRound, readOpenRound, readRounds } from '@main/catalogue/rounds'
import { revealVotes, splitSurvey } from '@main/catalogue/splits'
import { readSummary } from '@main/catalogue/summary'
import { testVotes } from '@main/catalogue/test-votes'
import { answerOf, nextUuid, reopened, surveyProject } from './support'

const VOTES = [30, 8, 2, 3, 5, 1, 4, 2, 38]
const chosen = (keys: readonly number[]): Pick[] =>
  keys.map((galaxyKey, i) => ({
    galaxyKey,
    score: 1 / (i + 1),
    isRandom: false,
    inclusionProbability: null,
    parts: { smooth: { mutualInformation: 0.5, proportionAsked: 1 } },
  }))
const newRound = { strategy: 'mutual-information-tree', modelId: 'm1', seed: 4, params: {} } as const
const poolKeys = (db: WritableDb) =>
  db
    .prepare<[], number>('SELECT galaxy_key FROM galaxies WHERE galaxy_key NOT IN (SELECT galaxy_key FROM held_out) ORDER BY galaxy_key')
    .pluck()
    .all()
const testKeys = (db: WritableDb) => new Set(db.prepare<[], number>('SELECT galaxy_key FROM held_out').pluck().all())

function labelWhole(db: WritableDb, galaxyKey: number): void {
  appendLabel(db, answerOf(galaxyKey, 'smooth', 'yes'))
  appendLabel(db, answerOf(galaxyKey, 'odd', 'no'))
}

describe('a round', () => {
  test('opens with its galaxies in the order of their rank, and closes the one before', () => {
    const { db } = surveyProject({ count: 40, votes: () => VOTES })
    splitSurvey(db, { test: 10, initial: 4, seed: 1 })
    const [a, b, c] = poolKeys(db)
    expect(openRound(db, newRound, chosen([c!, a!]))).toBe(1)
    expect(openRound(db, newRound, chosen([b!]))).toBe(2)
    expect([readOpenRound(db), latestRound(db)]).toEqual([2, 2])
    expect(readRounds(db).map(({ number, galaxies, isOpen, chosenBy }) => [number, galaxies, isOpen, chosenBy])).toEqual([
      [0, 4, false, null],
      [1, 2, false, 'm1'],
      [2, 1, true, 'm1'],
    ])
  })

  test('never takes a test galaxy, nor is it opened empty; what was open stays open', () => {
    const { db } = surveyProject({ count: 20 })
    splitSurvey(db, { test: 5, initial: 4, seed: 1 })
    const [held] = testKeys(db)
    expect(() => openRound(db, newRound, chosen([poolKeys(db)[0]!, held!]))).toThrow(expect.objectContaining({ code: 'round/held-out' }))
    expect(() => openRound(db, newRound, [])).toThrow(expect.objectContaining({ code: 'round/empty' }))
    expect(readOpenRound(db)).toBe(0)
  })

  test('counts as labelled what an expert answered or the oracle revealed', () => {
    const { db } = surveyProject({ count: 40, votes: (i) => (i < 20 ? VOTES : null) })
    splitSurvey(db, { test: 0, initial: 0, seed: 1 })
    openRound(db, newRound, chosen([1, 2, 21, 22, 23]))
    appendLabel(db, answerOf(21, 'smooth', 'yes'))
    expect(revealVotes(db, 0)).toBe(2)
    expect(readRounds(db)[0]).toMatchObject({ galaxies: 5, labelled: 3 })
    expect(readQueue(db, 'ada')!.items.map(({ isComplete }) => isComplete)).toEqual([true, true, false, false, false])
  })
})

describe('the queue', () => {
  test('shows why a galaxy was chosen, and what this annotator did with it', () => {
    const { db } = surveyProject({ count: 40, votes: () => VOTES })
    splitSurvey(db, { test: 10, initial: 0, seed: 1 })
    const [a, b] = poolKeys(db)
    openRound(db, newRound, chosen([b!, a!]))
    labelWhole(db, b!)
    appendLabel(db, { uuid: nextUuid(), galaxyKey: a!, kind: 'skip', annotator: 'ada' })
    const queue = readQueue(db, 'ada')!
    expect(queue).toMatchObject({ round: 0, total: 2, complete: 1 })
    expect(queue.items[0]).toEqual({
      position: 2,
      turn: turnOf(db, b!, 0),
      galaxyKey: b,
      id: `g${b}`,
      raDeg: null,
      decDeg: null,
      pixelScaleArcsec: 0.4,
      imageUrl: `/api/galaxies/${b}/image?view=1`,
      answers: [
        { question: 'smooth', answer: 'yes' },
        { question: 'odd', answer: 'no' },
      ],
      cannotTell: [],
      notes: [],
      isSkipped: false,
      isFlagged: false,
      isStarred: false,
      isComplete: true,
      acquisition: {
        round: 0,
        rank: 1,
        strategy: 'mutual-information-tree',
        modelId: 'm1',
        score: 1,
        isRandom: false,
        inclusionProbability: null,
        parts: { smooth: { nats: 0.5, proportionAsked: null } },
      },
    })
    expect(queue.items[1]).toMatchObject({ galaxyKey: a, isSkipped: true, isComplete: false })
    // One answer is enough where no share is asked of all.
    expect(readQueue(db, 'ben')).toMatchObject({ complete: 1, items: [{ isComplete: true, answers: [] }, { isSkipped: false }] })
    const { position, ...item } = queue.items[0]!
    expect([position, readQueueItem(db, b!, 'ada')]).toEqual([2, item])
  })

  test('is null when no round is open, and a galaxy outside it has no reason', () => {
    const { db } = surveyProject({ count: 4 })
    expect(readQueue(db, 'ada')).toBeNull()
    expect(readQueueItem(db, 2, 'ada')).toMatchObject({ id: 'g2', acquisition: null, isComplete: false, pixelScaleArcsec: 0.4 })
  })
})

describe('how far a round is', () => {
  test('counts what was labelled or skipped before it was opened', () => {
    const { db } = surveyProject({ count: 8 })
    for (const key of [1, 2, 3]) labelWhole(db, key)
    appendLabel(db, { uuid: nextUuid(), galaxyKey: 4, kind: 'skip', annotator: 'ada' })
    splitSurvey(db, { test: 0, initial: 6, seed: 1 })
    const members = new Set(readQueue(db, 'ada')!.items.map(({ galaxyKey }) => galaxyKey))
    const inRound = (keys: readonly number[]) => keys.filter((key) => members.has(key)).length
    expect(inRound([1, 2, 3, 4])).toBeGreaterThan(1)
    expect(readProgress(db, 'ada')).toEqual({ total: 6, complete: inRound([1, 2, 3]), skipped: inRound([4]) })
    for (const key of members) labelWhole(db, key)
    expect(readProgress(db, 'ada')).toEqual({ total: 6, complete: 6, skipped: 0 })
    expect(nextOpenPosition(db, 'ada', 0)).toBeNull()
  })

  test('a galaxy that one skipped and another has done is done', () => {
    const { db } = surveyProject({ count: 4 })
    openRound(db, newRound, chosen([1, 2, 3]))
    for (const galaxyKey of [1, 2]) appendLabel(db, { uuid: nextUuid(), galaxyKey, kind: 'skip', annotator: 'ada' })
    expect([readProgress(db, 'ada')!.skipped, nextOpenPosition(db, 'ada', 0, true)]).toEqual([2, 2])
    for (const [question, answer] of [
      ['smooth', 'yes'],
      ['odd', 'no'],
    ] as const)
      appendLabel(db, answerOf(1, question, answer, 'ben'))
    expect(readProgress(db, 'ada')).toEqual({ total: 3, complete: 1, skipped: 1 })
    expect(nextOpenPosition(db, 'ada', 0, true)).toBe(4)
  })
})

describe('in a project without votes', () => {
  test('one test galaxy comes for four chosen ones, and nothing tells it from one drawn at random', () => {
    const { path, db } = surveyProject({ count: 200 })
    splitSurvey(db, { test: 40, initial: 32, seed: 1 })
    const items = readQueue(db, 'ada')!.items
    const test = testKeys(db)
    const places = items.flatMap(({ galaxyKey }, i) => (test.has(galaxyKey) ? [i] : []))
    expect([items.length, places.length]).toEqual([40, 8])
    expect(places.map((place) => Math.floor(place / 5))).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(new Set(places.map((place) => place % 5)).size).toBeGreaterThan(1)
    expect(new Set(items.map(({ acquisition }) => JSON.stringify({ ...acquisition, rank: 0 }))).size).toBe(1)
    expect(items.map(({ acquisition }) => acquisition!.rank)).toEqual(items.map((_, i) => i + 1))
    expect(readQueue(reopened(path), 'ada')!.items).toEqual(items)
  })

  test('among chosen galaxies they look like the random share', () => {
    const { db } = surveyProject({ count: 100 })
    splitSurvey(db, { test: 20, initial: 0, seed: 1 })
    const picks = chosen(poolKeys(db).slice(0, 10))
    picks[9] = { ...picks[9]!, isRandom: true, score: null, inclusionProbability: 0.3 }
    openRound(db, newRound, picks)
    const items = readQueue(db, 'ada')!.items.filter(({ acquisition }) => acquisition!.isRandom)
    expect(items).toHaveLength(4)
    expect(new Set(items.map(({ acquisition }) => JSON.stringify({ ...acquisition, rank: 0 }))).size).toBe(1)
  })

  test('without a random share to hide among, no reason is told before the answer', () => {
    const { db } = surveyProject({ count: 100 })
    splitSurvey(db, { test: 20, initial: 0, seed: 1 })
    const picks = poolKeys(db).slice(0, 10)
    openRound(db, newRound, chosen(picks))
    expect(readQueue(db, 'ada')!.items.map(({ acquisition }) => acquisition)).toEqual(Array.from({ length: 13 }, () => null))
    expect(readQueueItem(db, picks[0]!, 'ada').acquisition).toBeNull()
    labelWhole(db, picks[0]!)
    expect(readQueueItem(db, picks[0]!, 'ada').acquisition).toMatchObject({ score: 1 })
  })

  test('they come also where volunteers voted on too few to measure by, and those are not drawn', () => {
    const { db } = surveyProject({ count: 200, votes: (i) => (i % 20 === 0 ? VOTES : null) })
    splitSurvey(db, { test: 60, initial: 130, seed: 1 })
    const test = testKeys(db)
    const drawn = readQueue(db, 'ada')!.items.filter(({ galaxyKey }) => test.has(galaxyKey))
    expect(testVotes(db)).toBeGreaterThan(0)
    expect(drawn.length).toBeGreaterThan(30)
    expect(drawn.filter(({ galaxyKey }) => (galaxyKey - 1) % 20 === 0)).toEqual([])
    expect(readSummary(db).counts.testLabelled).toBe(testVotes(db))
    for (const { galaxyKey } of drawn) labelWhole(db, galaxyKey)
    expect(readSummary(db).counts.testLabelled).toBe(drawn.length)
  })

  test('labelled ones do not come again; the others may', () => {
    const { db } = surveyProject({ count: 100 })
    splitSurvey(db, { test: 6, initial: 8, seed: 1 })
    const test = testKeys(db)
    const drawn = () =>
      readQueue(db, 'ada')!
        .items.filter(({ galaxyKey }) => test.has(galaxyKey))
        .map(({ galaxyKey }) => galaxyKey)
    const first = drawn()
    expect(first).toHaveLength(2)
    for (const key of first) labelWhole(db, key)
    openRound(db, newRound, chosen(poolKeys(db).slice(0, 30)))
    expect(drawn()).toHaveLength(4)
    expect(drawn().filter((key) => first.includes(key))).toEqual([])
  })

  test('an answer carries the round whose queue the galaxy is in', () => {
    const { db } = surveyProject({ count: 50 })
    splitSurvey(db, { test: 10, initial: 8, seed: 1 })
    const inQueue = readQueue(db, 'ada')!.items.map(({ galaxyKey }) => galaxyKey)
    const outside = poolKeys(db).find((key) => !inQueue.includes(key))!
    expect(inQueue.map((key) => appendLabel(db, answerOf(key, 'smooth', 'yes')).round)).toEqual(inQueue.map(() => 0))
    expect(appendLabel(db, answerOf(outside, 'smooth', 'yes')).round).toBeNull()
  })
})
