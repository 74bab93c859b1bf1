import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { labellingSettingsSchema } from '@shared/contract/labelling'
import { keepGold } from '@main/catalogue/gold'
import { appendLabel } from '@main/catalogue/labels'
import { writeLabellingSettings } from '@main/catalogue/labelling-settings'
import { saveModel } from '@main/catalogue/models'
import type { WritableDb } from '@main/catalogue/open'
import { readQuality } from '@main/catalogue/quality'
import { openRound, readRounds } from '@main/catalogue/rounds'
import { turnOf } from '@main/catalogue/turns'
import { undoLatest } from '@main/catalogue/undo'
import { modelCard } from './model-card'
import { answerOf, nextUuid, surveyProject } from './support'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-01-01T09:00:00Z') }))
afterEach(() => void vi.useRealTimers())
const later = (minutes: number) => vi.setSystemTime(Date.now() + 60_000 * minutes)

function project(count: number): WritableDb {
  const { db } = surveyProject({ count })
  writeLabellingSettings(db, labellingSettingsSchema.parse({ repeatShare: 0 }))
  const picks = Array.from({ length: count - 1 }, (_, i) => ({
    galaxyKey: i + 1,
    score: null,
    isRandom: true,
    inclusionProbability: null,
    parts: {},
  }))
  openRound(db, { strategy: 'random', modelId: null, seed: 1, params: {} }, picks)
  return db
}

type Said = { pass?: number; seconds?: number | null; smooth?: string; annotator?: string }
function say(db: WritableDb, galaxyKey: number, { pass = 0, seconds = 2, smooth = 'yes', annotator = 'ada' }: Said = {}) {
  const timed = { durationMs: seconds === null ? null : 1000 * seconds, turn: turnOf(db, galaxyKey, pass) }
  appendLabel(db, { ...answerOf(galaxyKey, 'smooth', smooth, annotator), ...timed })
  appendLabel(db, { ...answerOf(galaxyKey, 'odd', 'no', annotator), ...timed })
}
const other = (db: WritableDb, galaxyKey: number, kind: 'skip' | 'flag' | 'star' | 'note', seconds: number) =>
  appendLabel(db, { uuid: nextUuid(), galaxyKey, kind, note: 'n', annotator: 'ada', durationMs: 1000 * seconds })

describe('agreement with oneself', () => {
  test('compares with what was said before the galaxy came back, whatever was corrected afterwards', () => {
    const db = project(3)
    say(db, 1, { smooth: 'yes' })
    say(db, 1, { pass: 1, smooth: 'artifact' })
    say(db, 1, { smooth: 'artifact' })
    expect(readQuality(db, 'ada').self.smooth).toMatchObject({ n: 1, agreement: 0 })
  })

  test('counts a galaxy that came back where it came back in the session', () => {
    const db = project(50)
    for (let key = 1; key <= 25; key++) say(db, key, { seconds: 1 })
    say(db, 3, { pass: 1, smooth: 'artifact', seconds: 5 })
    for (let key = 26; key <= 35; key++) say(db, key, { seconds: 5 })
    expect(readQuality(db, 'ada').drift).toEqual([
      { galaxies: 20, medianSeconds: 2, repeats: 0, agreement: null },
      { galaxies: 16, medianSeconds: 10, repeats: 1, agreement: 0.5 },
    ])
  })

  test('shows the latest session alone in its drift', () => {
    const db = project(10)
    say(db, 1)
    say(db, 2)
    later(31)
    say(db, 3)
    later(29)
    say(db, 1, { pass: 1 })
    const { sessions, drift } = readQuality(db, 'ada')
    expect(sessions.map(({ galaxies, minutes }) => [galaxies, minutes])).toEqual([
      [2, 0],
      [2, 29],
    ])
    expect(drift).toEqual([{ galaxies: 2, medianSeconds: 4, repeats: 1, agreement: 1 }])
  })
})

describe('time', () => {
  test('is that of answers and skips, also of those taken back; flags, stars and notes lie within it', () => {
    const db = project(4)
    say(db, 1, { seconds: 3 })
    other(db, 1, 'flag', 2)
    other(db, 1, 'star', 2)
    other(db, 1, 'note', 9)
    other(db, 2, 'skip', 6)
    undoLatest(db, { uuid: nextUuid(), annotator: 'ada' })
    const { minutes, secondsPerGalaxy, secondsPerQuestion } = readQuality(db, 'ada')
    expect(minutes).toBeCloseTo(12 / 60, 12)
    expect(secondsPerGalaxy).toEqual({ median: 6, lower: 6, upper: 6, n: 1 })
    expect(secondsPerQuestion).toMatchObject({ smooth: { median: 3, n: 1 }, odd: { median: 3, n: 1 }, bar: null })
  })

  test('of more than two minutes was a pause, which leaves the galaxy without a time; so does one that is not known', () => {
    const db = project(5)
    say(db, 1, { seconds: 120 })
    say(db, 2, { seconds: 121 })
    say(db, 3, { seconds: null })
    const { minutes, pauses, secondsPerGalaxy } = readQuality(db, 'ada')
    expect([minutes, pauses]).toEqual([4, 2])
    expect(secondsPerGalaxy).toMatchObject({ median: 240, n: 1 })
  })
})

describe('known answers', () => {
  test('are compared with what stands, and galaxies without an answer to the question are counted apart', () => {
    const db = project(12)
    keepGold(
      db,
      [1, 2, 3, 4].map((galaxyKey) => ({ galaxyKey, question: 'smooth', answer: 'yes' })),
    )
    keepGold(db, [{ galaxyKey: 1, question: 'bar', answer: 'yes' }])
    say(db, 1)
    say(db, 2, { smooth: 'artifact' })
    say(db, 2)
    say(db, 3, { smooth: 'artifact' })
    appendLabel(db, answerOf(4, 'odd', 'no'))
    const { gold } = readQuality(db, 'ada')
    expect(gold.smooth).toMatchObject({ right: 2, n: 3, other: 0 })
    expect(gold.smooth!.low).toBeCloseTo(0.2077, 3)
    expect(gold.bar).toEqual({ right: 0, n: 0, other: 1, low: null, high: null })
    expect(readQuality(db, 'ben').gold).toEqual({})
  })
})

describe('the minutes of a learning curve', () => {
  test('are those of all experts on all galaxies up to the last label that the model was trained on', () => {
    const db = project(9)
    say(db, 1, { seconds: 30 })
    say(db, 2, { seconds: 30, annotator: 'ben' })
    saveModel(db, modelCard('a', { minute: 1, labelSequence: 4 }))
    // The last galaxy is not in the round.
    say(db, 9, { seconds: 15 })
    say(db, 1, { pass: 1, seconds: 15 })
    say(db, 3, { seconds: 600 })
    other(db, 3, 'note', 60)
    saveModel(db, modelCard('b', { minute: 2, labelSequence: 11 }))
    const [round] = readRounds(db)
    expect(round!.models.map(({ card: { id }, expertMinutes }) => [id, expertMinutes])).toEqual([
      ['a', 2],
      ['b', 3],
    ])
    expect(round!.expertMinutes).toBe(2.5)
  })

  test('of a model that does not say which label was its last are those before its training began', () => {
    const db = project(9)
    say(db, 1, { seconds: 30 })
    later(10)
    const createdAt = new Date().toISOString()
    say(db, 2, { seconds: 30 })
    saveModel(db, modelCard('a', { createdAt, trainingSeconds: 60 }))
    saveModel(db, modelCard('b', { createdAt: '2026-01-01T08:59:00.000Z', trainingSeconds: 60 }))
    expect(readRounds(db)[0]!.models.map(({ card: { id }, expertMinutes }) => [id, expertMinutes])).toEqual([
      ['b', 0],
      ['a', 1],
    ])
  })
})
