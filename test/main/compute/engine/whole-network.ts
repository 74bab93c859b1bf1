/** @file The gradient of a whole network on the engine in use, small enough to keep: test/reference/whole-network.json has it of plain JavaScript. */
import * as tf from '@tensorflow/tfjs-core'
import type { NetworkName } from '@shared/contract/job'
import { startEngine } from '@main/compute/engine'
import { buildNetwork } from '@main/compute/model/build'
import { assignWeights } from '@main/compute/model/weights'
import { lossPerGalaxy } from '@main/compute/training/loss'
import { formulaWeight, hashes, spread } from '../model/formula'

/**
 * A gradient [n] of one weight as its length and its products with 8 rows of random signs. The mean square of those products is the square of
 * the length, and so for the difference of two gradients: both can be compared without being kept.
 */
export type Sketch = { norm: number; products: number[] }
export type GradientSketch = { loss: number; weights: Record<string, Sketch> }

const ROWS = 8
const OUTPUTS = 5
const questions = [
  { start: 0, end: 3 },
  { start: 3, end: 5 },
]

function sketch(name: string, gradient: Float32Array): Sketch {
  const signs = hashes(`signs of ${name}`, gradient.length)
  const products = new Float64Array(ROWS)
  let squares = 0
  for (const [i, value] of gradient.entries()) {
    squares += value * value
    for (let row = 0; row < ROWS; row++) products[row]! += (signs[i]! >>> (31 - row)) & 1 ? value : -value
  }
  return { norm: Math.sqrt(squares), products: [...products] }
}

/** The loss of a training pass, without dropout, and its gradient in every weight; weights, images and votes are made from their names. */
export async function gradientOf(name: NetworkName, sizePx: number, galaxies: number): Promise<GradientSketch> {
  const outputCount = name === 'w20-cnn' ? 2 : OUTPUTS
  const network = buildNetwork(name, { outputCount, sizePx, seed: 1 })
  assignWeights(
    network,
    new Map([...network.variables].map(([weight, { shape }]) => [weight, { shape, values: formulaWeight(weight, shape) }])),
  )
  const trainable = [...network.variables].filter(([, variable]) => variable.trainable)
  const images = tf.tensor4d(
    spread('images', galaxies * sizePx * sizePx).map((u) => (u + 1) / 2),
    [galaxies, sizePx, sizePx, 1],
  )
  const votes = tf.tensor2d(
    spread('votes', galaxies * outputCount).map((u) => Math.floor(6 * (u + 1))),
    [galaxies, outputCount],
  )
  const ranges = outputCount === 2 ? [{ start: 0, end: 2 }] : questions
  const { value, grads } = tf.variableGrads(
    () => tf.mean(lossPerGalaxy(network.likelihood, network.head(network.encode(images, 'train'), null), votes, ranges)) as tf.Scalar,
    trainable.map(([, variable]) => variable),
  )
  try {
    const weights: Record<string, Sketch> = {}
    for (const [weight, { name: variable }] of trainable) weights[weight] = sketch(weight, await grads[variable]!.data<'float32'>())
    return { loss: (await value.data())[0]!, weights }
  } finally {
    tf.dispose([value, grads, images, votes])
    network.dispose()
  }
}

/** Network, side of its images in pixels, galaxies. */
export const gradientCases = [
  ['w20-cnn', 64, 2],
  ['w20-cnn-tree', 64, 2],
  ['efficientnet-b0', 64, 4],
] as const satisfies readonly (readonly [NetworkName, number, number])[]

/** For test/reference/make-whole-network.mjs. */
export async function gradientInJavaScript(...[name, sizePx, galaxies]: (typeof gradientCases)[number]): Promise<GradientSketch> {
  await startEngine('cpu')
  return gradientOf(name, sizePx, galaxies)
}
