import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildNetwork } from '@main/compute/model/build'
import { startAsConstant } from '@main/compute/training/initial-bias'
import type { TrainingData } from '@main/compute/training/training-data'
import { useEngine } from '../use-engine'

beforeAll(useEngine)

const dataOf = (rows: number[][]): TrainingData => ({
  storedSizePx: 16,
  image: () => new Uint8Array(256),
  votes_NA: Float32Array.from(rows.flat()),
  names: rows.map((_, i) => `g${i}`),
  trainIndices: [...rows.keys()],
  validationIndices: [],
})
const outputsOf = (network: ReturnType<typeof buildNetwork>) =>
  tf.tidy(() => [...network.head(tf.zeros([1, network.featureCount]), null).dataSync()])

describe('a new head', () => {
  test('starts at the mean vote fractions, surer where galaxies agree than where they do not', () => {
    const questions = [
      { start: 0, end: 2 },
      { start: 2, end: 4 },
    ]
    const network = buildNetwork('w20-cnn-tree', { outputCount: 4, sizePx: 16, seed: 1 })
    // Both questions have mean fractions .75 and .25; the first is the same for every galaxy, in the second galaxies are all or nothing.
    startAsConstant(
      network,
      dataOf([
        [30, 10, 40, 0],
        [30, 10, 40, 0],
        [30, 10, 40, 0],
        [30, 10, 0, 40],
      ]),
      questions,
    )
    const [a, b, c, d] = outputsOf(network) as [number, number, number, number]
    expect(a / (a + b)).toBeCloseTo(0.75, 1)
    expect(c / (c + d)).toBeGreaterThan(0.5)
    expect(a + b).toBeGreaterThan(3 * (c + d))
    network.dispose()
  })

  test('of a binomial network starts at the mean vote fraction', () => {
    const network = buildNetwork('w20-cnn', { outputCount: 2, sizePx: 16, seed: 1 })
    startAsConstant(
      network,
      dataOf([
        [10, 30],
        [20, 20],
      ]),
      [{ start: 0, end: 2 }],
    )
    expect(outputsOf(network)[1]).toBeCloseTo(51 / 82, 5)
    network.dispose()
  })

  test('with a question that nobody answered starts even and finite', () => {
    const network = buildNetwork('w20-cnn-tree', { outputCount: 2, sizePx: 16, seed: 1 })
    startAsConstant(network, dataOf([[0, 0]]), [{ start: 0, end: 2 }])
    const [a, b] = outputsOf(network) as [number, number]
    expect(a).toBeCloseTo(b, 5)
    expect(Number.isFinite(a)).toBe(true)
    network.dispose()
  })
})
