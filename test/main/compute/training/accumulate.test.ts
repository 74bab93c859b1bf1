import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { reluConvolution } from '@main/compute/model/blocks'
import type { Network } from '@main/compute/model/network'
import { batchGradients, type BatchGradients, type GradientInputs } from '@main/compute/training/gradients'
import { imageSource } from '@main/compute/training/inputs'
import { useEngine } from '../use-engine'
import { brightOrDark, tinyNetwork, trainingOptions } from './support'

beforeAll(useEngine)

/** Of float32 sums in another order, relative to the largest value of the same weight. */
const ROUNDING = 1e-6
const inputsOf = (network: Network, count = 16): GradientInputs => {
  const data = brightOrDark(count)
  const options = trainingOptions({ batch: 12 })
  const trainable = new Map([...network.variables].filter(([, variable]) => variable.trainable))
  return { network, trainable, source: imageSource(network, data, options), data, options }
}

function valuesOf({ gradients }: BatchGradients): Map<string, Float32Array> {
  const values = new Map([...gradients].map(([name, gradient]) => [name, Float32Array.from(gradient.dataSync())]))
  tf.dispose([...gradients.values()])
  return values
}

/** The largest difference of any weight's gradient, relative to the largest value of that weight's gradient. */
function largestDifference(a: Map<string, Float32Array>, b: Map<string, Float32Array>): number {
  return Math.max(
    ...[...a].map(([name, values]) => {
      const scale = Math.max(...values.map(Math.abs))
      return Math.max(...values.map((value, i) => Math.abs(value - b.get(name)![i]!))) / scale
    }),
  )
}

/** Without batch norm, whose statistics are those of a micro-batch. */
const plainNetwork = () =>
  tinyNetwork({
    encoder: (builder, sizePx) => {
      const first = reluConvolution(builder, 'conv1', { sizePx, channels: 1 }, 8, 'pool1')
      return { featureCount: 8, run: (images, pass) => tf.mean(first.run(images, pass), [1, 2]) }
    },
  })

describe('a batch taken in micro-batches', () => {
  test.each([1, 4, 5, 11])('of %i gives the gradient, the losses and the length of the whole batch', async (microBatch) => {
    const inputs = inputsOf(plainNetwork())
    const rows = [...Array(12).keys()]
    const tensors = tf.memory().numTensors
    const whole = await batchGradients(inputs, rows, { epoch: 2, step: 1 }, 12)
    const parts = await batchGradients(inputs, rows, { epoch: 2, step: 1 }, microBatch)
    expect(parts.losses).toHaveLength(12)
    whole.losses.forEach((loss, i) => expect(Math.abs(parts.losses[i]! / loss - 1)).toBeLessThan(ROUNDING))
    expect(Math.abs(parts.norm / whole.norm - 1)).toBeLessThan(ROUNDING)
    expect(whole.norm).toBeGreaterThan(0.01)
    expect(largestDifference(valuesOf(whole), valuesOf(parts))).toBeLessThan(ROUNDING)
    expect(tf.memory().numTensors).toBe(tensors)
    inputs.network.dispose()
  })

  test('weighs by galaxies: of 4 and 3 the first counts for four sevenths', async () => {
    const inputs = inputsOf(plainNetwork())
    const rows = [0, 1, 2, 3, 4, 5, 6]
    // Dropout would draw another mask for a batch of its own.
    const withoutDropout = { ...inputs, network: { ...inputs.network, dropoutRate: 0 } }
    const gradientOf = async (part: number[]) => valuesOf(await batchGradients(withoutDropout, part, { epoch: 0, step: 0 }, 7))
    const whole = await gradientOf(rows)
    const [left, right] = [await gradientOf(rows.slice(0, 4)), await gradientOf(rows.slice(4))]
    const weighted = new Map([...left].map(([name, values]) => [name, values.map((v, i) => (4 * v + 3 * right.get(name)![i]!) / 7)]))
    expect(largestDifference(whole, weighted)).toBeLessThan(ROUNDING)
    inputs.network.dispose()
  })
})
