import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { reluConvolution } from '@main/compute/model/blocks'
import { buildNetwork } from '@main/compute/model/build'
import type { Network } from '@main/compute/model/network'
import { isHeadWeight } from '@main/compute/model/summary'
import { batchGradients, type BatchGradients, type GradientInputs } from '@main/compute/training/gradients'
import { imageSource } from '@main/compute/training/inputs'
import { keptSource } from '@main/compute/training/kept-features'
import { useEngine } from '../use-engine'
import { brightOrDark, tinyNetwork, trainingOptions } from './support'

beforeAll(useEngine)

/** Of float32 sums in another order, relative to the largest value of the same weight. */
const ROUNDING = 1e-6
/** Of the losses and concentrations of the engine, in float32 beside float64. */
const SINGLE_PRECISION = 1e-4

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

describe('the gradient of the head in plain numbers', () => {
  const questions = [
    { start: 0, end: 3 },
    { start: 3, end: 5 },
    { start: 5, end: 6 },
  ]
  const rows = [0, 1, 2, 3, 4, 5, 6]

  /** Votes whole and not, questions without any, weights, and logits inside, near and beyond the bounds. */
  function headInputs(): GradientInputs & { features: Float32Array } {
    const network = buildNetwork('w20-cnn-tree', { outputCount: 6, sizePx: 16, seed: 3 })
    const features = Float32Array.from({ length: 7 * network.featureCount }, (_, i) => ((i * 37) % 101) / 101)
    const bias = network.variables.get('head/bias')!
    tf.tidy(() => bias.assign(tf.tensor1d([-3, 0.5, -14, 14, -7, 5])))
    const votes_NA = Float32Array.from([
      3, 1, 0, 0, 0, 2, 40, 3, 60, 0.5, 2.25, 0, 0, 0, 0, 5, 1, 1, 1, 0, 9, 0, 30, 0, 2, 2, 2, 0, 0, 0, 0, 17, 0, 1, 1, 4, 0, 0, 8, 20, 0,
      0,
    ])
    const weights_NQ = Float32Array.from({ length: 21 }, (_, i) => 1 + (i % 3))
    const data = { ...brightOrDark(7), votes_NA, weights_NQ }
    const of = (index: number) => features.subarray(index * network.featureCount, (index + 1) * network.featureCount)
    const trainable = new Map([...network.variables].filter(([name]) => isHeadWeight(name)))
    const source = keptSource({ trainingViews: 1, checkedView: 0, of }, 7, network.featureCount, 1)
    return { network, trainable, source, data, options: trainingOptions({ questions, train: 'head' }), features }
  }

  test('equals the one that TensorFlow.js records, bounds, weights and empty questions included', async () => {
    const inputs = headInputs()
    const { kept, ...recorded } = inputs.source
    expect(kept).toBeDefined()
    const tensors = tf.memory().numTensors
    const plain = await batchGradients(inputs, rows, { epoch: 0, step: 0 }, 7)
    const taped = await batchGradients({ ...inputs, source: recorded }, rows, { epoch: 0, step: 0 }, 7)
    plain.losses.forEach((loss, i) => expect(Math.abs(loss - taped.losses[i]!)).toBeLessThan(SINGLE_PRECISION * Math.max(1, loss)))
    expect(Math.abs(plain.norm / taped.norm - 1)).toBeLessThan(SINGLE_PRECISION)
    expect(largestDifference(valuesOf(taped), valuesOf(plain))).toBeLessThan(SINGLE_PRECISION)
    expect(tf.memory().numTensors).toBe(tensors)
    inputs.network.dispose()
  })

  test('is the slope of the loss', async () => {
    const inputs = headInputs()
    const { network, source, data, options } = inputs
    const kernel = network.variables.get('head/kernel')!
    // Well inside the bounds, where the gradient is the formula's.
    tf.tidy(() => network.variables.get('head/bias')!.assign(tf.tensor1d([-3, 0.5, -2, 1, -4, 2])))
    const plainNet = { ...network, dropoutRate: 0 }
    const lossAt = async () => {
      const { losses, gradients } = await batchGradients(
        { ...inputs, network: plainNet, source, data, options },
        rows,
        { epoch: 0, step: 0 },
        7,
      )
      const gradient = gradients.get('head/kernel')!.dataSync().slice()
      tf.dispose([...gradients.values()])
      return { loss: losses.reduce((sum, loss) => sum + loss, 0) / 7, gradient }
    }
    const start = Float32Array.from(kernel.dataSync())
    const { gradient } = await lossAt()
    const along = Float32Array.from(gradient, (value) => value / Math.hypot(...gradient))
    const step = 1e-2
    const moved = async (by: number) => {
      tf.tidy(() =>
        kernel.assign(
          tf.tensor(
            start.map((value, i) => value + by * along[i]!),
            kernel.shape,
          ),
        ),
      )
      return (await lossAt()).loss
    }
    const slope = ((await moved(step)) - (await moved(-step))) / (2 * step)
    expect(Math.abs(slope / Math.hypot(...gradient) - 1)).toBeLessThan(1e-2)
    network.dispose()
  })
})
