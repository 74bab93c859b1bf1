import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readGrey } from '@main/images/grey'
import type { GalaxyImage } from '@main/catalogue/views'
import { forEachSamples } from '@main/compute/tasks/concentrations'
import { keepFeatures, type FeaturePlan, type KeptFeatures } from '@main/compute/tasks/features'
import type { OpenModel } from '@main/compute/tasks/model-folder'
import { viewDrawer } from '@main/compute/tasks/view-batch'
import { dirichletMutualInformation } from '@shared/science/acquisition/mutual-information'
import { createRandom, type Random } from '@shared/science/stats/random'
import { engineUnderTest, useEngine } from '../use-engine'
import { makeSurvey, taskContext, tinyModel } from './survey'

let folder: string
let survey: GalaxyImage[]
beforeAll(async () => {
  await useEngine()
  folder = mkdtempSync(join(tmpdir(), 'samples-'))
  survey = await makeSurvey(join(folder, 'images'), 60)
})
afterAll(() => rmSync(folder, { recursive: true }))

const VIEWS = 2
const SEED = 1
const context = () => taskContext(engineUnderTest)

async function withKept<T>(
  galaxies: readonly GalaxyImage[],
  options: Partial<FeaturePlan>,
  use: (model: OpenModel, kept: KeptFeatures) => Promise<T>,
): Promise<T> {
  const model = tinyModel(mkdtempSync(join(folder, 'project-')))
  const kept = await keepFeatures(
    join(model.folder, '../..'),
    model,
    galaxies,
    { views: VIEWS, seed: SEED, isChecked: true, ...options },
    context(),
  )
  try {
    return await use(model, kept)
  } finally {
    kept.store.close()
    model.network.dispose()
  }
}

/** Concentrations [K, A] of each galaxy, K = views × samples. */
async function samplesOf(model: OpenModel, kept: KeptFeatures, sampleCount: number): Promise<Map<number, number[]>> {
  const found = new Map<number, number[]>()
  const plan = { views: VIEWS, sampleCount, seed: SEED }
  await forEachSamples(model, kept.store, kept, plan, context(), ({ galaxyKey, samples_KA }) => void found.set(galaxyKey, [...samples_KA]))
  return found
}

describe('dropout samples from kept features', () => {
  test('of a galaxy are the same whichever others are asked for', async () => {
    const all = await withKept(survey, {}, (model, kept) => samplesOf(model, kept, 3))
    const some = await withKept([survey[40]!, survey[7]!], {}, (model, kept) => samplesOf(model, kept, 3))
    expect([...some.keys()]).toEqual([41, 8])
    for (const [galaxyKey, samples_KA] of some) {
      expect(samples_KA).toHaveLength(VIEWS * 3 * 2)
      samples_KA.forEach((value, i) => expect(value).toBeCloseTo(all.get(galaxyKey)![i]!, 4))
    }
  })

  test('are different for each galaxy, view and sample', async () => {
    // 8 features have 256 masks: of few samples hardly two are alike by chance, of equal masks all would be.
    const found = await withKept([survey[0]!, { ...survey[0]!, galaxyKey: 2 }], {}, (model, kept) => samplesOf(model, kept, 20))
    const firsts = [...found.values()].map((samples_KA) => samples_KA.filter((_, i) => i % 2 === 0))
    const rows = firsts.flatMap((values) => [values.slice(0, 20), values.slice(20)])
    for (const values of rows) expect(new Set(values).size).toBeGreaterThan(5)
    expect(new Set(rows.map((values) => values.join())).size).toBe(rows.length)
    expect(firsts[0]).not.toEqual(firsts[1])
  })

  test('wait for whoever takes them', async () => {
    let isBusy = false
    await withKept(survey.slice(0, 5), {}, (model, kept) =>
      forEachSamples(model, kept.store, kept, { views: VIEWS, sampleCount: 1, seed: SEED }, context(), async () => {
        expect(isBusy).toBe(false)
        isBusy = true
        await new Promise((resolve) => setTimeout(resolve, 5))
        isBusy = false
      }),
    )
  })
})

/** The whole network run again from the image file for every sample, its dropout drawn one value at a time: features of one view [T, A]. */
async function rerun(model: OpenModel, galaxy: GalaxyImage, times: number, rate: number, random: Random): Promise<number[][]> {
  const { network, card } = model
  const drawer = viewDrawer(card.network, network.sizePx, { views: VIEWS, seed: SEED })
  const image = await readGrey(galaxy.path, galaxy.id, drawer.storedPx)
  const { sizePx, featureCount } = network
  return Array.from({ length: times }, (_, time) =>
    tf.tidy(() => {
      const views = tf.tensor4d(drawer.draw([{ id: galaxy.id, image }]), [VIEWS, sizePx, sizePx, 1])
      const mask = Float32Array.from({ length: VIEWS * featureCount }, () => (random.next() < rate ? 0 : 1 / (1 - rate)))
      const outputs = network.head(network.encode(views, 'predict'), tf.tensor2d(mask, [VIEWS, featureCount])).dataSync()
      return [...outputs.slice(2 * (time % VIEWS), 2 * (time % VIEWS) + 2)]
    }),
  )
}

/** The largest distance of two empirical distributions (Kolmogorov-Smirnov). */
function distance(a: readonly number[], b: readonly number[]): number {
  const share = (values: readonly number[], limit: number) => values.filter((value) => value <= limit).length / values.length
  // Equal masks give values that are equal but for rounding: compared in the middle between two.
  const limits = [...new Set([...a, ...b].map((value) => Number(value.toFixed(4))))].map((value) => value + 5e-5)
  return Math.max(...limits.map((limit) => Math.abs(share(a, limit) - share(b, limit))))
}

describe('the distribution of dropout samples', () => {
  const TIMES = 2000
  /** Two samples of one distribution are further apart once in a thousand times. */
  const LIMIT = 1.95 * Math.sqrt(2 / TIMES)
  const statistics: ((row: number[]) => number)[] = [([a]) => a!, ([, b]) => b!, ([a, b]) => a! / (a! + b!)]

  test('is that of running the whole network again, and not that of another dropout rate', async () => {
    await withKept(survey.slice(0, 1), {}, async (model, kept) => {
      const flat = (await samplesOf(model, kept, TIMES / VIEWS)).get(1)!
      const found = Array.from({ length: TIMES }, (_, k) => flat.slice(2 * k, 2 * k + 2))
      const again = await rerun(model, survey[0]!, TIMES, model.network.dropoutRate, createRandom(8, 'rerun'))
      const other = await rerun(model, survey[0]!, TIMES, model.network.dropoutRate + 0.1, createRandom(8, 'other'))
      for (const statistic of statistics) expect(distance(found.map(statistic), again.map(statistic))).toBeLessThan(LIMIT)
      expect(Math.max(...statistics.map((statistic) => distance(found.map(statistic), other.map(statistic))))).toBeGreaterThan(LIMIT)
    })
  })
})

test('features in half precision rank galaxies by mutual information as those in full precision do', async () => {
  const scoresOf = (precision: 'float32' | 'float16') =>
    withKept(survey, { precision }, async (model, kept) => {
      const samples = await samplesOf(model, kept, 10)
      return [...samples.values()].map((values) => {
        const rows = Array.from({ length: values.length / 2 }, (_, k) => values.slice(2 * k, 2 * k + 2))
        return dirichletMutualInformation(rows, 1).mutualInformation
      })
    })
  const [full, half] = [await scoresOf('float32'), await scoresOf('float16')]
  const ranks = (scores: readonly number[]) => {
    const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]!)
    return scores.map((_, i) => order.indexOf(i))
  }
  const [a, b] = [ranks(full), ranks(half)]
  const squares = a.reduce((sum, rank, i) => sum + (rank - b[i]!) ** 2, 0)
  const spearman = 1 - (6 * squares) / (a.length * (a.length ** 2 - 1))
  const worst = Math.max(...full.map((score, i) => Math.abs(half[i]! / score - 1)))
  console.log(`half precision: Spearman ${spearman.toFixed(5)}, mutual information at most ${(100 * worst).toFixed(2)} % off`)
  expect(half).not.toEqual(full)
  expect(spearman).toBeGreaterThan(0.99)
  expect(worst).toBeLessThan(0.05)
})
