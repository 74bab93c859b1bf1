import { describe, expect, test } from 'vitest'
import { readAgreement, readDifferences, readPairAgreement } from '@main/catalogue/agreement'
import { appendLabel, readLabelLog } from '@main/catalogue/labels'
import type { WritableDb } from '@main/catalogue/open'
import { readRounds } from '@main/catalogue/rounds'
import { splitSurvey } from '@main/catalogue/splits'
import { readTrainingSet } from '@main/catalogue/training-set'
import { redoLatest, undoLatest } from '@main/catalogue/undo'
import { cohenKappa } from '@shared/science/agreement/kappa'
import { createRandom } from '@shared/science/stats/random'
import { answerOf, nextUuid, reopened, surveyProject } from './support'

const say = (db: WritableDb, galaxyKey: number, annotator: string, smooth: string) =>
  appendLabel(db, answerOf(galaxyKey, 'smooth', smooth, annotator))
const resolve = (db: WritableDb, galaxyKey: number, answer: string, annotator = 'ada') =>
  appendLabel(db, { uuid: nextUuid(), galaxyKey, kind: 'resolve', question: 'smooth', answer, annotator })
const kappaOf = (table: number[][]) => cohenKappa(table, createRandom(0, 'kappa', 'smooth')).kappa

describe('agreement', () => {
  test('of two does not depend on who labelled a galaxy first', () => {
    const { db } = surveyProject({ count: 40 })
    // Ada leans to yes, Ben to no: [Ada][Ben] is [[16, 12, 0], [0, 12, 0], [0, 0, 0]].
    for (let key = 1; key <= 40; key++) {
      const answers = [
        ['ada', key <= 28 ? 'yes' : 'no'],
        ['ben', key <= 16 ? 'yes' : 'no'],
      ] as const
      for (const [annotator, answer] of key % 2 === 0 ? answers : answers.toReversed()) say(db, key, annotator, answer)
    }
    const expected = kappaOf([
      [16, 12, 0],
      [0, 12, 0],
      [0, 0, 0],
    ])
    expect(readAgreement(db)).toMatchObject({ method: 'cohen', galaxies: 40, differing: 12 })
    expect(readAgreement(db).questions.smooth!.kappa).toBeCloseTo(expected!, 12)
  })

  test('of three is that of all, and pair by pair that of two over the galaxies that both labelled', () => {
    const { db } = surveyProject({ count: 12 })
    for (let key = 1; key <= 12; key++) {
      say(db, key, 'ada', key % 2 === 0 ? 'yes' : 'no')
      say(db, key, 'cleo', key <= 6 ? 'yes' : 'no')
      if (key <= 8) say(db, key, 'ben', key % 2 === 0 ? 'yes' : 'no')
    }
    expect(readAgreement(db)).toMatchObject({ method: 'fleiss', galaxies: 12 })
    expect(readPairAgreement(db, 'ada', 'ben')).toMatchObject({ galaxies: 8, questions: { smooth: { kappa: 1, n: 8 } } })
    expect(readPairAgreement(db, 'ada', 'cleo')).toMatchObject({ galaxies: 12, questions: { smooth: { agreement: 0.5, kappa: 0 } } })
    expect(readPairAgreement(db, 'ada', 'nobody').galaxies).toBe(0)
  })

  test('says of a difference who could not tell, also who could tell nothing, and counts them for nothing', () => {
    const { db } = surveyProject({ count: 1 })
    const cannotTell = (question: string, annotator: string) =>
      appendLabel(db, { uuid: nextUuid(), galaxyKey: 1, kind: 'cannot-tell', question, annotator })
    say(db, 1, 'ada', 'no')
    cannotTell('edge-on', 'ada')
    cannotTell('smooth', 'ben')
    say(db, 1, 'cleo', 'yes')
    appendLabel(db, { uuid: nextUuid(), galaxyKey: 1, kind: 'flag', annotator: 'dan' })
    expect(readDifferences(db, { offset: 0, limit: 9 })).toMatchObject([
      {
        questions: ['smooth'],
        answers: [
          { annotator: 'ada', answers: [{ question: 'smooth', answer: 'no' }], cannotTell: ['edge-on'] },
          { annotator: 'ben', answers: [], cannotTell: ['smooth'] },
          { annotator: 'cleo', answers: [{ question: 'smooth', answer: 'yes' }], cannotTell: [] },
        ],
      },
    ])
    expect(readAgreement(db)).toMatchObject({ method: 'cohen', galaxies: 1, differing: 1, questions: { smooth: { n: 1 } } })
    expect(readPairAgreement(db, 'ada', 'ben').galaxies).toBe(0)
    resolve(db, 1, 'no')
    expect(readAgreement(db).resolved).toBe(1)
  })

  test('counts no galaxy that one of them could not tell', () => {
    const { db } = surveyProject({ count: 2 })
    say(db, 1, 'ada', 'yes')
    appendLabel(db, { uuid: nextUuid(), galaxyKey: 1, kind: 'cannot-tell', question: 'smooth', annotator: 'ben' })
    expect(readAgreement(db)).toMatchObject({ galaxies: 0, differing: 0, questions: { smooth: { n: 0 } } })
  })
})

describe('a resolution', () => {
  function differing(): WritableDb {
    const { db } = surveyProject({ count: 3 })
    for (let key = 1; key <= 3; key++) {
      say(db, key, 'ada', 'yes')
      say(db, key, 'ben', 'no')
    }
    return db
  }
  const request = () => ({ uuid: nextUuid(), annotator: 'ada', kind: 'resolve' as const })
  const resolved = (db: WritableDb) =>
    readDifferences(db, { offset: 0, limit: 9 })
      .filter((difference) => difference.resolved.length > 0)
      .map(({ galaxyKey }) => galaxyKey)

  test('is taken back and brought back past labels made since, over a restart, and never a label with it', () => {
    let db = differing()
    const path = db.name.replace(/\/[^/]*$/, '')
    for (const key of [1, 2, 3]) resolve(db, key, 'no')
    say(db, 3, 'ada', 'artifact')
    expect(undoLatest(db, request())).toMatchObject([{ galaxyKey: 3 }])
    expect(undoLatest(db, request())).toMatchObject([{ galaxyKey: 2 }])
    db.close()
    db = reopened(path)
    expect(resolved(db)).toEqual([1])
    say(db, 2, 'ada', 'artifact')
    expect(redoLatest(db, request())).toMatchObject([{ galaxyKey: 2 }])
    expect(redoLatest(db, request())).toMatchObject([{ galaxyKey: 3 }])
    expect(redoLatest(db, request())).toEqual([])
    expect(resolved(db)).toEqual([1, 2, 3])
    expect(readLabelLog(db, { galaxyKey: 2, limit: 9 })[1]).toMatchObject({ kind: 'answer', answer: 'artifact' })
  })

  test('is not brought back once something new was agreed on, but may be once that was taken back', () => {
    const db = differing()
    resolve(db, 1, 'no')
    undoLatest(db, request())
    resolve(db, 2, 'no')
    expect(redoLatest(db, request())).toEqual([])
    undoLatest(db, request())
    expect(redoLatest(db, request())).toMatchObject([{ galaxyKey: 2 }])
    expect(redoLatest(db, request())).toEqual([])
  })

  test('of another annotator is left alone', () => {
    const db = differing()
    resolve(db, 1, 'no', 'ben')
    expect(undoLatest(db, request())).toEqual([])
    expect(resolved(db)).toEqual([1])
  })

  test('of one of two questions leaves the galaxy open, before those of which nothing is left', () => {
    const { db } = surveyProject({ count: 3 })
    for (let key = 1; key <= 3; key++) {
      for (const [annotator, answer] of [['ada', 'yes'] as const, ['ben', 'no'] as const]) {
        say(db, key, annotator, answer === 'yes' ? 'yes' : 'artifact')
        appendLabel(db, answerOf(key, 'odd', answer, annotator))
      }
    }
    const order = () => readDifferences(db, { offset: 0, limit: 9 }).map(({ galaxyKey }) => galaxyKey)
    resolve(db, 1, 'yes')
    expect([readAgreement(db).resolved, order()]).toEqual([0, [1, 2, 3]])
    appendLabel(db, { uuid: nextUuid(), galaxyKey: 1, kind: 'resolve', question: 'odd', answer: 'no', annotator: 'ben' })
    expect([readAgreement(db).resolved, order()]).toEqual([1, [2, 3, 1]])
    expect(readDifferences(db, { offset: 1, limit: 1 })).toMatchObject([{ galaxyKey: 3 }])
    undoLatest(db, { ...request(), annotator: 'ben' })
    expect([readAgreement(db).resolved, order()]).toEqual([0, [1, 2, 3]])
  })

  test('that leads to what only one of them was asked leaves the galaxy open until that is agreed on', () => {
    const db = differing()
    appendLabel(db, answerOf(2, 'edge-on', 'yes', 'ben'))
    resolve(db, 1, 'no')
    resolve(db, 2, 'no')
    expect(readAgreement(db).resolved).toBe(1)
    expect(readDifferences(db, { offset: 0, limit: 9 }).map(({ galaxyKey }) => galaxyKey)).toEqual([2, 3, 1])
  })

  test('of one galaxy is read without the others', () => {
    const db = differing()
    resolve(db, 2, 'no')
    expect(readDifferences(db, { galaxyKey: 2, offset: 0, limit: 9 })).toMatchObject([{ galaxyKey: 2, resolved: [{ answer: 'no' }] }])
    say(db, 2, 'ben', 'yes')
    expect(readDifferences(db, { galaxyKey: 2, offset: 0, limit: 9 })).toEqual([])
  })
})

test('a galaxy that two annotators labelled is one galaxy of two votes in training, and one in the round', () => {
  const { db } = surveyProject({ count: 6 })
  splitSurvey(db, { test: 1, initial: 'all', seed: 1 })
  const [twice, once] = db.prepare<[], number>('SELECT galaxy_key FROM acquisitions ORDER BY galaxy_key LIMIT 2').pluck().all() as [
    number,
    number,
  ]
  for (const [key, annotator] of [
    [twice, 'ada'],
    [twice, 'ben'],
    [once, 'ben'],
  ] as const)
    say(db, key, annotator, 'yes')
  const { galaxyKeys, votes_NA, weights_NQ } = readTrainingSet(db, { combine: 'replace', expertWeight: 10 })
  expect(galaxyKeys).toEqual([twice, once])
  expect([votes_NA[0], votes_NA[9]]).toEqual([2, 1])
  expect(Array.from(weights_NQ)).toEqual([10, 1, 1, 1, 10, 1, 1, 1])
  expect(readRounds(db)[0]!.labelled).toBe(2)
})

test('a galaxy whose only answer was replaced by "cannot tell" is not labelled, as training has it', () => {
  const { db } = surveyProject({ count: 6 })
  splitSurvey(db, { test: 1, initial: 'all', seed: 1 })
  const [key] = db.prepare<[], number>('SELECT galaxy_key FROM acquisitions LIMIT 1').pluck().all()
  say(db, key!, 'ada', 'no')
  expect(readRounds(db)[0]!.labelled).toBe(1)
  appendLabel(db, { uuid: nextUuid(), galaxyKey: key!, kind: 'cannot-tell', question: 'smooth', annotator: 'ada' })
  expect(readRounds(db)[0]!.labelled).toBe(0)
  expect(readTrainingSet(db, { combine: 'replace', expertWeight: 1 }).galaxyKeys).toEqual([])
  say(db, key!, 'ben', 'no')
  expect(readRounds(db)[0]!.labelled).toBe(1)
})
