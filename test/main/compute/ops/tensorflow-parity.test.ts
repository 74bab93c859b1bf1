import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startEngine } from '@main/compute/engine'
import { adamDefaults, adamStep, type AdamState } from '@main/compute/ops/adam'
import { batchNormPredict, batchNormTrain, type Activation } from '@main/compute/ops/batch-norm'
import { biasRelu } from '@main/compute/ops/bias-relu'
import { convolution, depthwiseConvolution } from '@main/compute/ops/convolution'
import { lgammaDifference } from '@main/compute/ops/lgamma-difference'
import { meanPixels, dotPixels, scalePixels } from '@main/compute/ops/pixels'
import { fusedOperations } from '@main/compute/ops/registry'
import { squeezeExcite, type SqueezeExciteWeights } from '@main/compute/ops/squeeze-excite'
import { swish } from '@main/compute/ops/swish'
import { lookForTensorflow } from '../use-engine'
import { randomTensor, relativeError, valueAndGradients } from './support'

/** float32, with sums over a few hundred pixels in another order, relative to the largest result. */
const tolerance = 1e-5

type Given = { shape: number[]; low?: number; high?: number }

/** What `compute` gives for the same random tensors on TensorFlow and in plain JavaScript. */
async function onBoth(given: Given[], compute: (...inputs: tf.Tensor[]) => Float32Array[]): Promise<[Float32Array[], Float32Array[]]> {
  const run = async (engine: 'tensorflow' | 'cpu') => {
    await startEngine(engine)
    return tf.tidy(() => compute(...given.map(({ shape, low, high }, i) => randomTensor(shape, i + 1, low, high))))
  }
  return [await run('tensorflow'), await run('cpu')]
}

async function expectParity(given: Given[], compute: (...inputs: tf.Tensor[]) => Float32Array[]): Promise<void> {
  const [actual, expected] = await onBoth(given, compute)
  expect(actual).toHaveLength(expected.length)
  expected.forEach((values, i) => expect(relativeError(actual[i]!, values), `result ${i}`).toBeLessThan(tolerance))
}

const read = (tensor: tf.Tensor) => tensor.dataSync<'float32'>().slice()

const tensorflow = await lookForTensorflow()
describe.skipIf(tensorflow.isLeftOut)(`the engine tensorflow agrees with plain JavaScript (${tensorflow.note})`, () => {
  let tensorsBefore = 0
  beforeEach(() => {
    tensorsBefore = tf.memory().numTensors
  })
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(tensorsBefore)
  })

  test('batchNormTrain runs as one native operation', async () => {
    await startEngine('tensorflow')
    expect(fusedOperations().batchNormTrain).toBeDefined()
  })

  test('swish', async () => {
    await expectParity([{ shape: [5, 37], low: -20, high: 20 }], (x) => valueAndGradients((given) => swish(given!), [x!]))
  })

  test.each([[[3, 6, 5, 8]], [[3, 6, 5, 5]], [[7, 9]]])('bias and relu of %j', async (shape) => {
    await expectParity([{ shape }, { shape: [shape.at(-1)!] }], (...inputs) =>
      valueAndGradients((x, bias) => biasRelu(x!, bias as tf.Tensor1D), inputs),
    )
  })

  const image: Given[] = [
    { shape: [3, 5, 7, 6], low: -3, high: 5 },
    { shape: [6], low: 0.5, high: 1.5 },
    { shape: [6], low: -1, high: 1 },
  ]
  const normalise = (activation: Activation) => (x?: tf.Tensor, gamma?: tf.Tensor, beta?: tf.Tensor) =>
    batchNormTrain(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-3, activation)

  test.each<Activation>(['linear', 'swish'])('batch norm in training with %s: values, gradients, mean and variance', async (activation) => {
    await expectParity(image, (...inputs) => {
      const { mean_C, variance_C } = normalise(activation)(...inputs)
      return [read(mean_C), read(variance_C), ...valueAndGradients((...given) => normalise(activation)(...given).y, inputs)]
    })
  })

  // Channels that fill no vector, one vector, several and a rest; rows that can be joined to longer ones and that cannot; several parts.
  const shapes = [
    [1, 1, 3, 1],
    [2, 3, 3, 17],
    [3, 8, 8, 24],
    [2, 5, 5, 100],
    [5, 3, 3, 520],
    [2, 40, 40, 96],
  ]
  test.each(shapes.flatMap((shape) => [[shape, 'linear'] as const, [shape, 'swish'] as const]))(
    'batch norm of %j with %s',
    async (shape, activation) => {
      const channels = shape.at(-1)!
      const given = [
        { shape, low: -3, high: 5 },
        { shape: [channels], low: 0.5, high: 1.5 },
        { shape: [channels], low: -1, high: 1 },
      ]
      await expectParity(given, (...inputs) => {
        const { mean_C, variance_C } = normalise(activation)(...inputs)
        return [read(mean_C), read(variance_C), ...valueAndGradients((...all) => normalise(activation)(...all).y, inputs)]
      })
    },
  )

  test('a mean a thousand deviations away from 0 leaves the variance its digits', async () => {
    const given = [{ shape: [4, 16, 16, 8], low: 999, high: 1001 }, { shape: [8] }, { shape: [8] }]
    const [variance] = (await onBoth(given, (...inputs) => [read(normalise('swish')(...inputs).variance_C)]))[0]
    for (const value of variance!) expect(value).toBeCloseTo(1 / 3, 1)
  })

  test.each([
    [3, 1, [2, 9, 7, 16]],
    [3, 2, [2, 9, 7, 16]],
    [3, 2, [3, 8, 6, 40]],
    [5, 1, [2, 9, 7, 32]],
    [5, 2, [2, 9, 7, 19]],
    [5, 2, [1, 8, 12, 48]],
    [5, 1, [2, 2, 3, 5]],
    [3, 1, [1, 1, 1, 3]],
    [3, 1, [2, 40, 40, 32]],
    [5, 2, [2, 40, 40, 33]],
  ] as const)('depthwise convolution %d px, stride %d, of %j', async (kernelPx, stride, shape) => {
    await expectParity([{ shape: [...shape] }, { shape: [kernelPx, kernelPx, shape[3], 1] }], (...inputs) =>
      valueAndGradients((x, kernel) => depthwiseConvolution(x as tf.Tensor4D, kernel as tf.Tensor4D, stride), inputs),
    )
  })

  test.each([
    [1, 1, [2, 9, 7, 16], 24],
    [1, 1, [1, 1, 1, 3], 1],
    [1, 1, [2, 40, 40, 33], 5],
    [1, 2, [2, 9, 7, 16], 24],
    [3, 2, [2, 9, 8, 1], 8],
  ] as const)('convolution %d px, stride %d, of %j to %d channels', async (kernelPx, stride, shape, channels) => {
    await expectParity([{ shape: [...shape] }, { shape: [kernelPx, kernelPx, shape[3], channels] }], (...inputs) =>
      valueAndGradients((x, kernel) => convolution(x as tf.Tensor4D, kernel as tf.Tensor4D, stride), inputs),
    )
  })

  test.each(shapes)('the passes over the pixels of [%d, %d, %d, %d]', async (B, H, W, C) => {
    const image = { shape: [B, H, W, C] }
    await expectParity([image, image, { shape: [B, C] }, { shape: [B, C] }], (x, y, scale, shift) => {
      const [first, second] = [x, y] as tf.Tensor4D[]
      const [scale_BC, shift_BC] = [scale, shift] as tf.Tensor2D[]
      return [
        ...valueAndGradients((given) => meanPixels(given as tf.Tensor4D), [x!]),
        ...[dotPixels(first!, second!), scalePixels(first!, scale_BC!, null), scalePixels(first!, scale_BC!, shift_BC!)].map(read),
      ]
    })
  })

  test('squeeze and excitation', async () => {
    const given = [[3, 5, 7, 48], [48, 4], [4], [4, 48], [48]].map((shape) => ({ shape }))
    await expectParity(given, (...inputs) =>
      valueAndGradients((x, reduce_CQ, reduceBias_Q, expand_QC, expandBias_C) => {
        const weights = { reduce_CQ, reduceBias_Q, expand_QC, expandBias_C } as SqueezeExciteWeights
        return squeezeExcite(x as tf.Tensor4D, weights)
      }, inputs),
    )
  })

  test('the variance over two pixels is the one divided by 2', async () => {
    await startEngine('tensorflow')
    const variance_C = tf.tidy(() => {
      const x = tf.tensor4d([1, 3], [2, 1, 1, 1])
      return read(batchNormTrain(x, tf.ones([1]), tf.zeros([1]), 1e-3, 'linear').variance_C)
    })
    expect(Array.from(variance_C)).toEqual([1])
  })

  test.each<Activation>(['linear', 'swish'])('batch norm in prediction with %s', async (activation) => {
    await expectParity([...image, { shape: [6] }, { shape: [6], low: 0.5, high: 2 }], (...inputs) =>
      valueAndGradients((x, gamma, beta, mean, variance) => {
        const [gamma_C, beta_C, mean_C, variance_C] = [gamma, beta, mean, variance] as tf.Tensor1D[]
        return batchNormPredict(x as tf.Tensor4D, gamma_C!, beta_C!, mean_C!, variance_C!, 1e-3, activation)
      }, inputs),
    )
  })

  test('lgammaDifference', async () => {
    const given = [
      { shape: [64, 34], low: 1, high: 101 },
      { shape: [64, 34], low: 0, high: 60 },
    ]
    await expectParity(given, (...inputs) => valueAndGradients((a, k) => lgammaDifference(a!, k!), inputs))
  })

  test.each([[[64]], [[3, 5, 7]], [[70_001]]])('an Adam step of %j', async (shape) => {
    const given = [{ shape }, { shape }, { shape, low: 0, high: 1 }, { shape }]
    await expectParity(given, (value, firstMoment, secondMoment, gradient) => {
      const state = { value, firstMoment, secondMoment } as AdamState
      const next = adamStep(state, gradient!, 3, adamDefaults)
      return [next.value, next.firstMoment, next.secondMoment].map(read)
    })
  })
})
