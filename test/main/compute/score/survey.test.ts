import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { samplesWidth, type Prediction } from '@shared/science/acquisition/candidates'
import { createRanking, plainRanking, rankCandidates, type RankedStrategy } from '@shared/science/acquisition/ranking'
import { createScorer } from '@shared/science/acquisition/scores'
import { meanSampleSpread } from '@shared/science/acquisition/sample-spread'
import { createRandom } from '@shared/science/stats/random'
import { kernelError } from '@main/compute/score/kernel'
import { words } from '@main/compute/score/pass'
import { rankSurvey, type Survey } from '@main/compute/score/survey'
import { buildEntry } from '../../build-entry'
import { binomialPrediction, candidatesOf, drawSurvey, passesSent, treePrediction } from './support'

let entry = ''
beforeAll(async () => {
  entry = await buildEntry(resolve('.'), 'compute/score/entry.ts')
})
afterAll(() => rmSync(dirname(entry), { recursive: true, force: true }))

const surveyOf = (prediction: Prediction, values: Float32Array): Survey => ({
  prediction,
  galaxyCount: values.length / samplesWidth(prediction),
  source: { kind: 'memory', values },
})
const strategies: RankedStrategy[] = ['mutual-information', 'mutual-information-tree', 'power-bald', 'entropy', 'margin']

describe('ranking a survey', () => {
  it.each([
    ['one vote on a tree', treePrediction(), 2_000],
    ['two votes on a tree', treePrediction(2), 300],
    ['40 votes on a tree, with draws', treePrediction(40), 12],
    ['40 votes on one question', binomialPrediction(), 500],
  ] as const)('gives the galaxies, scores and parts of the science functions: %s', async (_, prediction, galaxyCount) => {
    const values = drawSurvey(prediction, galaxyCount)
    const candidates = candidatesOf(prediction, values)
    for (const strategy of strategies) {
      if (strategy === 'mutual-information-tree' && prediction.kind === 'binomial') continue
      const ranking = createRanking(strategy, prediction, galaxyCount, createRandom(3))
      const found = await rankSurvey(surveyOf(prediction, values), ranking, 50, { threads: 2, entry })
      expect(found.best, strategy).toEqual(rankCandidates(candidates, ranking, 50))
      // Of the kernel's float32.
      expect(found.meanSampleSpread / meanSampleSpread(candidates), strategy).toBeCloseTo(1, 5)
    }
  })

  it('is the same to the last bit on any number of threads, from memory and from a file', async () => {
    const prediction = treePrediction(1, 20)
    // Enough that threads are worth starting.
    const values = drawSurvey(prediction, 600)
    const many = new Float32Array(new SharedArrayBuffer(4 * 100 * values.length))
    for (let i = 0; i < 100; i++) many.set(values, i * values.length)
    const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-test-'))
    try {
      const path = join(folder, 'survey.f32')
      const header = Buffer.from('8 bytes!')
      writeFileSync(path, Buffer.concat([header, Buffer.from(many.buffer)]))
      const survey = surveyOf(prediction, many)
      const fromFile: Survey = { ...survey, source: { kind: 'file', path, offsetBytes: header.length } }
      const ranking = plainRanking('tree-information')
      const one = await rankSurvey(survey, ranking, 300, { threads: 1, entry })
      for (const [given, threads] of [
        [survey, 0],
        [survey, 3],
        [fromFile, 2],
      ] as const) {
        const other = await rankSurvey(given, ranking, 300, { threads, entry })
        expect(other.best).toEqual(one.best)
        expect(other.score_N).toEqual(one.score_N)
        expect(other.meanSampleSpread).toBe(one.meanSampleSpread)
      }
      // Each galaxy is there a hundred times: of equal ones the earlier comes first.
      expect(one.best.map(({ index }) => index).slice(0, 3)).toEqual([0, 1, 2].map((i) => (one.best[0]!.index % 600) + 600 * i))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('scores every galaxy to the accuracy that is stated', async () => {
    const prediction = treePrediction(1, 15)
    const values = drawSurvey(prediction, 1_000, 2)
    const { score_N } = await rankSurvey(surveyOf(prediction, values), plainRanking('tree-information'), 1)
    const { score } = createScorer(prediction, 'tree-information', 0)
    const { samples } = candidatesOf(prediction, values)
    score_N.forEach((found, galaxy) => expect(Math.abs(found - score(samples(galaxy), galaxy))).toBeLessThan(kernelError))
  })

  it('stops within a chunk when it is cancelled, and says how far it is before', async () => {
    const prediction = treePrediction(40)
    const values = drawSurvey(prediction, 3_000)
    const cancel = new AbortController()
    const passes = passesSent()
    const chunksDone = () => Atomics.load(passes()[0]!.control, words.done)
    const seen: number[] = []
    let atTheStop: number | null = null
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      expect(total).toBe(3_000)
      seen.push(done)
      cancel.abort()
      atTheStop ??= chunksDone()
    }
    const options = { threads: 2, entry, context: { signal: cancel.signal, onProgress } }
    await expect(rankSurvey(surveyOf(prediction, values), plainRanking('tree-information'), 10, options)).rejects.toMatchObject({
      code: 'job/cancelled',
    })
    expect(seen[0]).toBeLessThan(3_000)
    // Each of the two threads ends the chunk that it is at.
    expect(chunksDone() - atTheStop!).toBeLessThanOrEqual(2)
    expect(chunksDone()).toBeLessThan(passes()[0]!.spreads.length)
  })

  it('does not rank around a prediction that is no number, and names the galaxy', async () => {
    const prediction = treePrediction()
    const values = drawSurvey(prediction, 200)
    values[150 * samplesWidth(prediction) + 3] = NaN
    await expect(rankSurvey(surveyOf(prediction, values), plainRanking('tree-information'), 10)).rejects.toMatchObject({
      code: 'acquisition/not-finite',
      message: expect.stringContaining('candidate 151 of 200'),
    })
  })

  it('refuses to rank by mutual information where all samples agree', async () => {
    const prediction = treePrediction(1, 1)
    const values = drawSurvey(prediction, 100)
    const rank = (strategy: RankedStrategy) =>
      rankSurvey(surveyOf(prediction, values), createRanking(strategy, prediction, 100, createRandom(1)), 10)
    await expect(rank('power-bald')).rejects.toMatchObject({ code: 'acquisition/no-spread' })
    expect((await rank('entropy')).best).toHaveLength(10)
  })

  it('tells what went wrong in a thread', async () => {
    const prediction = treePrediction(40)
    const missing: Survey = { prediction, galaxyCount: 1_000, source: { kind: 'file', path: '/nowhere/survey.f32', offsetBytes: 0 } }
    await expect(rankSurvey(missing, plainRanking('tree-information'), 10, { threads: 2, entry })).rejects.toThrow('/nowhere/survey.f32')
  })
})
