import { describe, expect, test } from 'vitest'
import type { Job } from '@shared/contract/job'
import { metricsSchema, type Metrics, type ModelCard } from '@shared/contract/records'
import { interruptJobs, readJobs, saveJob } from '@main/catalogue/jobs'
import { readMetrics, saveMetrics } from '@main/catalogue/measures'
import { latestModel, listModels, modelsOfRound, readModel, saveModel } from '@main/catalogue/models'
import { areCutOff, readPrediction, readPredictions, savePredictions } from '@main/catalogue/predictions'
import { readRounds } from '@main/catalogue/rounds'
import { splitSurvey } from '@main/catalogue/splits'
import { readSummary } from '@main/catalogue/summary'
import { newJob } from '@main/jobs/new-job'
import { modelCard } from './model-card'
import { newProject, predictCutOff, reopened, surveyProject } from './support'

const card = (id: string, round: number, minute: number): ModelCard => modelCard(id, { round, minute })

function metrics(modelId: string, meanRmse: number): Metrics {
  const thresholds = { minFirstVotes: 10, minProportionAsked: 0.5, minQuestionVotes: 20 }
  return metricsSchema.parse({ modelId, testGalaxies: 30, meanRmse, caveat: null, thresholds, questions: {} })
}

function job(id: string, state: Job['state'], minute: number): Job {
  const createdAt = `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`
  const params = { kind: 'sample', params: { path: '/p', galaxies: 10, seed: 1 } } as const
  return { ...newJob(id, params, createdAt), state }
}

describe('models', () => {
  test('are listed as they were trained; the latest is the one trained last, whatever its round and the clock say', () => {
    const { db } = newProject()
    expect(latestModel(db)).toBeNull()
    saveModel(db, card('b', 1, 5))
    saveModel(db, card('a', 0, 1))
    saveModel(db, card('c', 1, 2))
    expect(listModels(db).map(({ id }) => id)).toEqual(['b', 'a', 'c'])
    expect(modelsOfRound(db, 1).map(({ id }) => id)).toEqual(['c', 'b'])
    expect(readSummary(db).latestModel).toBe('c')
    expect(readModel(db, 'a')).toEqual(card('a', 0, 1))
    expect(() => readModel(db, 'z')).toThrow(expect.objectContaining({ code: 'model/unknown' }))
  })

  test('carry their errors on the test set, the last measured ones, into the rounds', () => {
    const { db } = surveyProject({ count: 10 })
    splitSurvey(db, { test: 2, initial: 4, seed: 1 })
    saveModel(db, card('a', 0, 1))
    expect(readMetrics(db, 'a')).toBeNull()
    saveMetrics(db, metrics('a', 0.2))
    saveMetrics(db, metrics('a', 0.1))
    expect(readRounds(db)[0]!.models).toEqual([{ card: card('a', 0, 1), metrics: metrics('a', 0.1), expertMinutes: 0 }])
  })
})

describe('predictions', () => {
  test('come back as the float32 numbers they were, and a new prediction replaces the old one', async () => {
    const { db } = surveyProject({ count: 3 })
    saveModel(db, card('a', 0, 1))
    const fractions = Float32Array.of(0.1, 0.9, 1 / 3, 2 / 3)
    await savePredictions(db, 'a', [1, 3], fractions)
    expect(readPrediction(db, 'a', 3)).toEqual(fractions.slice(2))
    expect(readPrediction(db, 'a', 2)).toBeNull()
    await savePredictions(db, 'a', [3], Float32Array.of(0, 1))
    expect(readPrediction(db, 'a', 3)).toEqual(Float32Array.of(0, 1))
  })

  test('of many galaxies are written with room for other work in between', async () => {
    const { db } = newProject()
    saveModel(db, card('a', 0, 1))
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await savePredictions(
      db,
      'a',
      Int32Array.from({ length: 20_000 }, (_, i) => i + 1),
      new Float32Array(40_000),
    )
    clearInterval(timer)
    expect(turns).toBeGreaterThan(1)
    expect(db.prepare('SELECT count(*) FROM predictions').pluck().get()).toBe(20_000)
    expect(areCutOff(db, 'a')).toBe(false)
  })

  test('that were cut off while they were written are known as such, until they are made again', async () => {
    const { db } = surveyProject({ count: 3 })
    for (const id of ['a', 'b']) saveModel(db, card(id, 0, 1))
    await savePredictions(db, 'b', [1], Float32Array.of(0, 1))
    await predictCutOff(db, 'a', 2)
    expect(readPrediction(db, 'a', 3)).not.toBeNull()
    expect([areCutOff(db, 'a'), areCutOff(db, 'b')]).toEqual([true, false])
    expect(() => [...readPredictions(db, 'a')]).toThrow(expect.objectContaining({ code: 'predict/cut-off' }))
    await savePredictions(db, 'a', [1, 2, 3], new Float32Array(6))
    expect([...readPredictions(db, 'a')]).toHaveLength(3)
  })
})

describe('jobs', () => {
  test('survive a restart, newest first; those that were cut off become interrupted', () => {
    const { path, db } = newProject()
    for (const [id, state, minute] of [
      ['old', 'done', 1],
      ['cut', 'running', 2],
      ['waiting', 'queued', 3],
    ] as const)
      saveJob(db, job(id, state, minute))
    saveJob(db, { ...job('cut', 'running', 2), modelId: 'm1' })
    db.close()
    const again = reopened(path)
    expect(readJobs(again).map(({ id, state }) => [id, state])).toEqual([
      ['waiting', 'queued'],
      ['cut', 'running'],
      ['old', 'done'],
    ])
    expect(interruptJobs(again)).toBe(2)
    expect(readJobs(again).map(({ state }) => state)).toEqual(['interrupted', 'interrupted', 'done'])
    expect(readJobs(again)[1]).toMatchObject({ id: 'cut', modelId: 'm1' })
  })
})
