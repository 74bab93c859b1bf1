import * as tf from '@tensorflow/tfjs-core'
import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { buildNetwork } from '@main/compute/model/build'
import { summarise } from '@main/compute/model/summary'
import { assignWeights } from '@main/compute/model/weights'
import { useEngine } from '../use-engine'

/** Features are about 0.3; float32 through 81 layers in another order of summation. */
const TOLERANCE = 2e-5

/** Numbers in [-1, 1) from a name, as in test/reference/efficientnet_b0.py. */
function spread(name: string, count: number): number[] {
  const start = crc32(name)
  return Array.from({ length: count }, (_, i) => {
    let h = (start + Math.imul(i, 0x9e3779b9)) >>> 0
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1
  })
}

function formulaWeight(name: string, shape: number[]): Float32Array {
  const values = spread(
    name,
    shape.reduce((product, side) => product * side, 1),
  )
  const kind = name.slice(name.lastIndexOf('/') + 1)
  if (kind.endsWith('kernel')) {
    const fanIn = name.endsWith('depthwise/kernel')
      ? shape[0]! * shape[1]!
      : shape.slice(0, -1).reduce((product, side) => product * side, 1)
    return Float32Array.from(values, (u) => u * Math.sqrt(6 / fanIn))
  }
  if (kind === 'gamma') return Float32Array.from(values, (u) => 1 + 0.2 * u)
  return Float32Array.from(values, (u) => (kind === 'moving_variance' ? 1 + 0.5 * u : 0.2 * u))
}

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
