import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import type { NetworkName } from '@shared/contract/job'
import { startEngine } from '@main/compute/engine'
import { buildNetwork } from '@main/compute/model/build'
import { lossPerGalaxy } from '@main/compute/training/loss'
import { randomTensor, randomValues } from '../ops/support'
import { lookForTensorflow } from '../use-engine'

const questions = [
  { start: 0, end: 3 },
  { start: 3, end: 5 },
]
const outputCount = 5

/** The loss of a batch of random images and votes, and its gradient in every weight, drawn from one seed: equal on every engine. */
async function gradientOn(engine: 'tensorflow' | 'cpu', name: NetworkName, sizePx: number, galaxies: number) {
  await startEngine(engine)
  const tensorsBefore = tf.memory().numTensors
  const network = buildNetwork(name, { outputCount, sizePx, seed: 1 })
  const trainable = [...network.variables].filter(([, variable]) => variable.trainable)
  const gradients = new Map<string, Float32Array>()
  const loss = tf.tidy(() => {
    const images = randomTensor<tf.Rank.R4>([galaxies, sizePx, sizePx, 1], 1, 0, 1)
    const votes = tf.tensor2d(
      randomValues(galaxies * outputCount, 2, 0, 12).map((vote) => Math.floor(vote)),
      [galaxies, outputCount],
    )
    const { value, grads } = tf.variableGrads(
      () => {
        const outputs = network.head(network.encode(images, 'train'), null)
        return tf.mean(lossPerGalaxy('dirichlet-multinomial', outputs, votes, questions)) as tf.Scalar
      },
      trainable.map(([, variable]) => variable),
    )
    for (const [weight, variable] of trainable) gradients.set(weight, grads[variable.name]!.dataSync<'float32'>().slice())
    return value.dataSync()[0]!
  })
  network.dispose()
  expect(tf.memory().numTensors).toBe(tensorsBefore)
  return { loss, gradients }
}

const norm = (values: Iterable<number>) => Math.sqrt([...values].reduce((sum, value) => sum + value * value, 0))

/**
 * The least share of the whole gradient that a weight's difference is compared with. The last batch norm of a branch has a beta that the
 * next one takes away again: its gradient is 0 but for rounding (seen: up to 7e-9 of the whole).
 */
const NEGLIGIBLE = 1e-3

const tensorflow = await lookForTensorflow()
describe.skipIf(tensorflow.isLeftOut)(`networks on the engine tensorflow (${tensorflow.note})`, () => {
  /**
   * Tolerances: seen 1.4e-6 and 4e-5. EfficientNet-B0 divides by the deviation of its batch 49 times over; moving its images by one unit in
   * the last place of float32 changes the gradient as much as changing the engine does, the more the fewer pixels are left at the end
   * (2e-3 with 4 galaxies at 32 px, 3e-5 with 4 at 64 px).
   */
  test.each([
    ['w20-cnn-tree', 32, 2, 1e-5],
    ['efficientnet-b0', 64, 4, 1e-4],
  ] as const)(
    'the gradient of %s at %d px is that of plain JavaScript in each weight',
    async (name, sizePx, galaxies, tolerance) => {
      const native = await gradientOn('tensorflow', name, sizePx, galaxies)
      const plain = await gradientOn('cpu', name, sizePx, galaxies)
      expect(Math.abs(native.loss / plain.loss - 1)).toBeLessThan(1e-5)
      const least = NEGLIGIBLE * norm([...plain.gradients.values()].map(norm))
      for (const [weight, expected] of plain.gradients) {
        const difference = norm(native.gradients.get(weight)!.map((value, i) => value - expected[i]!))
        expect(difference / Math.max(norm(expected), least), weight).toBeLessThan(tolerance)
      }
    },
    1_500_000,
  )

  test.each([
    ['w20-cnn-tree', 64, 16],
    ['efficientnet-b0', 64, 16],
  ] as const)('the gradient of %s at %d px comes out the same every time, to the last bit', async (name, sizePx, galaxies) => {
    const first = await gradientOn('tensorflow', name, sizePx, galaxies)
    for (let again = 0; again < 3; again++) {
      const { loss, gradients } = await gradientOn('tensorflow', name, sizePx, galaxies)
      expect(loss).toBe(first.loss)
      for (const [weight, values] of first.gradients) {
        expect(Buffer.from(gradients.get(weight)!.buffer).equals(Buffer.from(values.buffer)), weight).toBe(true)
      }
    }
  })
})
