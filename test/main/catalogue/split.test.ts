import { describe, expect, test } from 'vitest'
import { readAcquisitions } from '@main/catalogue/acquisitions'
import type { WritableDb } from '@main/catalogue/open'
import { readOpenRound } from '@main/catalogue/rounds'
import { revealVotes, splitSurvey } from '@main/catalogue/splits'
import { readSummary } from '@main/catalogue/summary'
import { importRows, newProject, reopened, row, surveyProject } from './support'

const withCode = (code: string) => expect.objectContaining({ code }) as Error
const heldOut = (db: WritableDb) => db.prepare<[], number>('SELECT galaxy_key FROM held_out ORDER BY galaxy_key').pluck().all()
const VOTES = [30, 8, 2, 3, 5, 1, 4, 2, 38]

describe('the split', () => {
  test('takes shares or counts, and keeps the probability with which the initial set was drawn', () => {
    const { db } = surveyProject({ count: 100 })
    expect(splitSurvey(db, { test: 0.2, initial: 40, seed: 1 })).toEqual({ test: 20, initial: 40, revealed: 0 })
    expect(readSummary(db)).toMatchObject({ splitSeed: 1, openRound: 0, counts: { test: 20, pool: 80, labelled: 0, testLabelled: 0 } })
    const initial = readAcquisitions(db, 0)
    expect(initial).toHaveLength(40)
    expect(initial.every(({ isRandom, inclusionProbability, score }) => isRandom && inclusionProbability === 0.5 && score === null)).toBe(
      true,
    )
    const test = new Set(heldOut(db))
    expect(initial.filter(({ galaxyKey }) => test.has(galaxyKey))).toEqual([])
  })

  test('begins with a sitting of 50 where an expert labels, with a quarter where votes are recorded', () => {
    const byHand = surveyProject({ count: 100 })
    expect(splitSurvey(byHand.db, { test: 20, seed: 1 }).initial).toBe(50)
    const few = surveyProject({ count: 30 })
    expect(splitSurvey(few.db, { test: 10, seed: 1 }).initial).toBe(20)
    const voted = surveyProject({ count: 100, votes: () => VOTES })
    expect(splitSurvey(voted.db, { test: 20, seed: 1 })).toEqual({ test: 20, initial: 20, revealed: 20 })
  })

  test('is the same for the same seed and another for another', () => {
    const chosen = (seed: number) => {
      const { db } = surveyProject({ count: 100 })
      splitSurvey(db, { test: 20, initial: 10, seed })
      return [heldOut(db), readAcquisitions(db, 0).map(({ id }) => id)]
    }
    expect(chosen(1)).toEqual(chosen(1))
    expect(chosen(2)).not.toEqual(chosen(1))
  })

  test('happens once: the second one is refused and changes nothing', () => {
    const { db } = surveyProject({ count: 20 })
    splitSurvey(db, { test: 4, initial: 4, seed: 1 })
    const before = heldOut(db)
    expect(() => splitSurvey(db, { test: 8, initial: 4, seed: 2 })).toThrow(withCode('split/exists'))
    expect(heldOut(db)).toEqual(before)
  })

  test('is drawn anew when an import ends between the drawing and the writing', () => {
    const { path, db } = surveyProject({ count: 20 })
    const other = reopened(path)
    const transaction = db.transaction.bind(db)
    let begun = 0
    db.transaction = ((work: () => unknown) => {
      if (begun++ === 0)
        importRows(
          other,
          [...'abcdefghij'].map((id) => row(id)),
        )
      return transaction(work)
    }) as typeof db.transaction
    expect(splitSurvey(db, { test: 0.2, initial: 'all', seed: 1 })).toEqual({ test: 6, initial: 24, revealed: 0 })
    expect(begun).toBeGreaterThan(1)
  })

  test('keeps sky neighbours on one side, also those without an image, and still takes exactly the number asked for', () => {
    const { db } = newProject()
    const rows = Array.from({ length: 60 }, (_, i) => {
      const pair = Math.floor(i / 2)
      const position = { raDeg: pair * 3, decDeg: -20 + (i % 2) / 3600 }
      return row(`p${pair}-${i % 2}`, i % 6 === 5 ? { ...position, image: null } : position)
    })
    importRows(db, rows)
    expect(splitSurvey(db, { test: 15, initial: 5, seed: 3 })).toMatchObject({ test: 15 })
    const held = new Set(heldOut(db))
    const torn = Array.from({ length: 30 }, (_, pair) => [held.has(2 * pair + 1), held.has(2 * pair + 2)]).filter(([a, b]) => a !== b)
    expect(torn).toEqual([])
    const withImages = [...held].filter((key) => (key - 1) % 6 !== 5)
    expect(withImages).toHaveLength(15)
  })

  test('draws only galaxies with images, and refuses a survey without any', () => {
    const { db } = newProject()
    importRows(db, [row('a', { image: null }), row('b', { image: null })])
    expect(() => splitSurvey(db, { test: 1, initial: 1, seed: 1 })).toThrow(withCode('split/no-images'))
    importRows(db, [row('c'), row('d')])
    expect(splitSurvey(db, { test: 1, initial: 'all', seed: 1 })).toEqual({ test: 1, initial: 1, revealed: 0 })
    expect(heldOut(db)[0]).toBeGreaterThan(2)
  })

  test.each([
    { test: 11, initial: 0 },
    { test: 5, initial: 6 },
    { test: 10, initial: 0 },
  ])('refuses more than there are: %o of 10', ({ test: testCount, initial }) => {
    const { db } = surveyProject({ count: 10 })
    expect(() => splitSurvey(db, { test: testCount, initial, seed: 1 })).toThrow(withCode('split/too-large'))
    expect(readSummary(db).splitSeed).toBeNull()
  })
})

describe('recorded votes', () => {
  test('of the initial set are revealed by the split, which closes round 0', () => {
    const { db } = surveyProject({ count: 40, votes: () => VOTES })
    expect(splitSurvey(db, { test: 10, initial: 6, seed: 1 })).toEqual({ test: 10, initial: 6, revealed: 6 })
    expect(readOpenRound(db)).toBeNull()
    expect(readSummary(db).counts).toMatchObject({ labelled: 6, pool: 24, test: 10, testLabelled: 10 })
  })

  test('of only some galaxies leave round 0 open for the others', () => {
    const { db } = surveyProject({ count: 40, votes: (i) => (i % 2 === 0 ? VOTES : null) })
    const { revealed } = splitSurvey(db, { test: 10, initial: 20, seed: 1 })
    expect(revealed).toBeGreaterThan(0)
    expect(revealed).toBeLessThan(20)
    expect(readOpenRound(db)).toBe(0)
  })

  test('are revealed once per galaxy, for a round that exists, in a project that has votes', () => {
    const { db } = surveyProject({ count: 10, votes: () => VOTES })
    splitSurvey(db, { test: 2, initial: 3, seed: 1 })
    expect(revealVotes(db, 0)).toBe(0)
    expect(() => revealVotes(db, 5)).toThrow(withCode('round/unknown'))
    const { db: without } = surveyProject({ count: 10 })
    splitSurvey(without, { test: 2, initial: 3, seed: 1 })
    expect(() => revealVotes(without, 0)).toThrow(withCode('votes/none'))
  })
})
