import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { samplesWidth, type Prediction } from '@shared/science/acquisition/candidates'
import { chooseGalaxies, mixChoice, planChoice, type StrategyName } from '@shared/science/acquisition/choose'
import { plainRanking } from '@shared/science/acquisition/ranking'
import { createRandom } from '@shared/science/stats/random'
import { words } from '@main/compute/score/pass'
import { startScoreStream } from '@main/compute/score/stream'
import { rankSurvey } from '@main/compute/score/survey'
import { createSampleFile } from '@main/compute/tasks/sample-file'
import { buildEntry } from '../../build-entry'
import { binomialPrediction, candidatesOf, drawSurvey, passesSent, treePrediction } from './support'

let entry = ''
const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-test-'))
const keptPath = join(folder, 'samples.f32')
const context = { signal: new AbortController().signal, onProgress: () => undefined }
beforeAll(async () => {
  entry = await buildEntry(resolve('.'), 'compute/score/entry.ts')
})
afterAll(() => {
  rmSync(dirname(entry), { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

/** Chooses as an acquisition does: galaxy after galaxy as its samples come. */
async function chooseStreamed(prediction: Prediction, values: Float32Array, strategy: StrategyName, count: number, threads: number) {
  const width = samplesWidth(prediction)
  const galaxyCount = values.length / width
  const random = createRandom(9, strategy)
  const plan = planChoice(prediction, galaxyCount, strategy, count, 0.2, random)
  const stream = await startScoreStream(
    { prediction, galaxyCount, ranking: plan.ranking, count: plan.wanted, keptPath },
    { threads, entry },
  )
  try {
    for (let galaxy = 0; galaxy < galaxyCount; galaxy++) stream.put(values.subarray(galaxy * width, (galaxy + 1) * width))
    const { best, meanSampleSpread } = await stream.finish(context)
    return { picked: mixChoice(plan, best, random), meanSampleSpread }
  } finally {
    await stream.close()
  }
}

describe('choosing while samples are drawn', () => {
  it.each([
    ['one vote on a tree', treePrediction(1, 3), 3_000],
    ['40 votes on a tree', treePrediction(40, 3), 210],
    ['40 votes on one question', binomialPrediction(), 2_000],
  ] as const)('gives what choosing from all samples in one thread gives: %s', async (_, prediction, galaxyCount) => {
    const values = drawSurvey(prediction, galaxyCount)
    const names: StrategyName[] = ['mutual-information', 'power-bald', 'entropy', 'margin', 'random']
    for (const strategy of prediction.kind === 'binomial' || prediction.votes > 1
      ? names
      : [...names, 'mutual-information-tree' as const]) {
      if (prediction.votes > 1 && prediction.kind !== 'binomial' && strategy === 'power-bald') continue
      const expected = chooseGalaxies(candidatesOf(prediction, values), strategy, 60, 0.2, createRandom(9, strategy))
      const found = await chooseStreamed(prediction, values, strategy, 60, 2)
      expect(found.picked, strategy).toEqual(expected.picked)
      expect(found.meanSampleSpread / expected.meanSampleSpread, strategy).toBeCloseTo(1, 5)
    }
  })

  it('is the same with threads and without, however far they are behind', async () => {
    const prediction = treePrediction(1, 1)
    const agreeing = drawSurvey(prediction, 60_000)
    const plan = { prediction, galaxyCount: 60_000, ranking: plainRanking('entropy'), count: 500, keptPath }
    const results = []
    for (const threads of [0, 1, 3]) {
      const stream = await startScoreStream(plan, { threads, entry })
      for (let galaxy = 0; galaxy < 60_000; galaxy++) stream.put(agreeing.subarray(galaxy * 34, (galaxy + 1) * 34))
      results.push(await stream.finish(context))
      await stream.close()
    }
    const survey = { prediction, galaxyCount: 60_000, source: { kind: 'memory', values: agreeing } as const }
    const whole = await rankSurvey(survey, plan.ranking, 500)
    for (const { best, score_N, meanSampleSpread } of results) {
      expect(best).toEqual(whole.best)
      expect(score_N).toEqual(whole.score_N)
      expect(meanSampleSpread).toBe(whole.meanSampleSpread)
    }
  })

  it('takes no notice of predictions that are no numbers where nothing is ranked', async () => {
    const prediction = treePrediction()
    const values = drawSurvey(prediction, 50)
    values[1] = NaN
    expect((await chooseStreamed(prediction, values, 'random', 5, 0)).picked).toHaveLength(5)
    await expect(chooseStreamed(prediction, values, 'entropy', 5, 0)).rejects.toMatchObject({ code: 'acquisition/not-finite' })
  })

  it('can be given up in the middle', async () => {
    const prediction = treePrediction(40, 3)
    const values = drawSurvey(prediction, 1)
    const stream = await startScoreStream(
      { prediction, galaxyCount: 5_000, ranking: plainRanking('tree-information'), count: 10, keptPath },
      { threads: 2, entry },
    )
    for (let galaxy = 0; galaxy < 400; galaxy++) stream.put(values)
    const startedAt = performance.now()
    await stream.close()
    expect(performance.now() - startedAt).toBeLessThan(30_000)
  })

  it('reports a thread that failed instead of waiting for it', async () => {
    const prediction = treePrediction(40, 3)
    const broken = join(folder, 'broken.cjs')
    writeFileSync(broken, `require('node:worker_threads').parentPort.once('message', () => { throw new Error('no memory left') })`)
    const passes = passesSent()
    const stream = await startScoreStream(
      { prediction, galaxyCount: 2_000, ranking: plainRanking('tree-information'), count: 10, keptPath },
      { threads: 1, entry: broken },
    )
    const values = drawSurvey(prediction, 1)
    // Whoever puts galaxies leaves this thread no time to hear of it.
    await expect.poll(() => Atomics.load(passes()[0]!.control, words.failed)).toBe(1)
    expect(() => {
      for (let galaxy = 0; galaxy < 2_000; galaxy++) stream.put(values)
    }).toThrow('a thread that scores galaxies failed')
    await stream.close()
  })
})

describe('the samples of the best', () => {
  it('are the same from memory and from a file, which is gone afterwards', () => {
    const path = join(folder, 'best.f32')
    const inMemory = createSampleFile(path, 3, 4)
    expect(inMemory.source().kind).toBe('memory')
    expect(existsSync(path)).toBe(false)
    const onDisk = createSampleFile(path, 3, 4, 10)
    expect(onDisk.source()).toEqual({ kind: 'file', path, offsetBytes: 0 })
    onDisk.write(2, Float32Array.of(0, 1, 2, 3).subarray(1))
    expect(existsSync(path)).toBe(true)
    onDisk.close()
    expect(existsSync(path)).toBe(false)
  })
})
