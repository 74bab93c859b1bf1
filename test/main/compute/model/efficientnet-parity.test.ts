import * as tf from '@tensorflow/tfjs-core'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { buildNetwork } from '@main/compute/model/build'
import { summarise } from '@main/compute/model/summary'
import { assignWeights } from '@main/compute/model/weights'
import { useEngine } from '../use-engine'
import { formulaWeight, spread } from './formula'

/** Features are about 0.3; float32 through 81 layers in another order of summation. */
const TOLERANCE = 2e-5

test('EfficientNet-B0 gives the features of the one in Keras for the same weights', async () => {
  const reference = JSON.parse(readFileSync('test/reference/efficientnet-b0.json', 'utf8')) as {
    sizePx: number
    parameters: number
    every: number
    features: number[][]
  }
  await useEngine()
  const { sizePx, every } = reference
  const network = buildNetwork('efficientnet-b0', { outputCount: 3, sizePx, seed: 1 })
  expect(summarise(network).encoderParameters).toBe(reference.parameters)
  const weights = [...network.variables].map(([name, { shape }]) => [name, { shape, values: formulaWeight(name, shape) }] as const)
  assignWeights(network, new Map(weights))
  const images = Float32Array.from(spread('images', 2 * sizePx * sizePx), (u) => (u + 1) / 2)
  const features_BF = network.encode(tf.tensor4d(images, [2, sizePx, sizePx, 1]), 'predict').arraySync()
  features_BF.forEach((row, galaxy) =>
    row
      .filter((_, i) => i % every === 0)
      .forEach((feature, i) => expect(Math.abs(feature - reference.features[galaxy]![i]!)).toBeLessThan(TOLERANCE)),
  )
  expect(Math.max(...reference.features.flat().map(Math.abs))).toBeGreaterThan(0.1)
  network.dispose()
})
