import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { startEngine } from '@main/compute/engine'
import { adamDefaults, adamStep, type AdamState } from '@main/compute/ops/adam'
import { batchNormPredict, batchNormTrain, type Activation } from '@main/compute/ops/batch-norm'
import { biasRelu } from '@main/compute/ops/bias-relu'
import { convolution, depthwiseConvolution } from '@main/compute/ops/convolution'
import { lgammaDifference } from '@main/compute/ops/lgamma-difference'
import { meanPixels } from '@main/compute/ops/pixels'
import { residual } from '@main/compute/ops/residual'
import { squeezeExcite, type SqueezeExciteWeights } from '@main/compute/ops/squeeze-excite'
import { swish } from '@main/compute/ops/swish'
import { trainNetwork } from '@main/compute/training/trainer'
import { randomTensor, relativeError } from '../../ops/support'
import { brightOrDark, tinyNetwork, trainingOptions } from '../../training/support'
import { hasSoftwareAdapter, offerSoftwareAdapter } from './software-adapter'

/** Float32 sums in another order, relative to the largest result. */
const TOLERANCE = 1e-5
/** A training loss after 6 steps; a tenth of a percent would be another computation. */
const LOSS_TOLERANCE = 1e-4

type Shape = number[]
type Operation = (...inputs: tf.Tensor[]) => tf.Tensor

/** The value of an operation on seeded tensors and its gradients, with numbers read as a graphics card has to be read. */
async function valueAndGradients(operation: Operation, shapes: readonly Shape[], low: number, high: number): Promise<Float32Array[]> {
  const inputs = shapes.map((shape, i) => randomTensor(shape, i + 1, low, high))
  const results = tf.tidy(() => {
    const y = operation(...inputs)
    const gradients = tf.grads((...given: tf.Tensor[]) => tf.sum(tf.mul(operation(...given), randomTensor(y.shape, 99))))(inputs)
    return [y, ...gradients]
  })
  const values: Float32Array[] = []
  for (const result of results) values.push((await result.data<'float32'>()).slice())
  tf.dispose([inputs, results])
  return values
}

const operations: [name: string, operation: Operation, shapes: Shape[], low?: number, high?: number][] = [
  ['swish', (x) => swish(x!), [[5, 37]], -20, 20],
  ['bias and relu', (x, bias) => biasRelu(x!, bias as tf.Tensor1D), [[3, 6, 5, 5], [5]]],
  ...(['linear', 'swish'] as Activation[]).flatMap((activation): [string, Operation, Shape[], number, number][] => [
    [
      `batch norm in training, ${activation}`,
      (x, gamma, beta) => batchNormTrain(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-3, activation).y,
      [[3, 5, 4, 6], [6], [6]],
      0.5,
      3,
    ],
    [
      `batch norm in prediction, ${activation}`,
      (x, ...of) => batchNormPredict(x as tf.Tensor4D, ...(of as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D]), 1e-3, activation),
      [[3, 5, 4, 6], [6], [6], [6], [6]],
      0.5,
      3,
    ],
  ]),
  [
    '3 × 3 convolution',
    (x, k) => convolution(x as tf.Tensor4D, k as tf.Tensor4D, 1),
    [
      [2, 7, 7, 3],
      [3, 3, 3, 5],
    ],
  ],
  [
    '1 × 1 convolution',
    (x, k) => convolution(x as tf.Tensor4D, k as tf.Tensor4D, 1),
    [
      [2, 6, 6, 8],
      [1, 1, 8, 12],
    ],
  ],
  [
    'convolution of every second pixel',
    (x, k) => convolution(x as tf.Tensor4D, k as tf.Tensor4D, 2),
    [
      [2, 8, 8, 4],
      [3, 3, 4, 6],
    ],
  ],
  [
    'depthwise convolution',
    (x, k) => depthwiseConvolution(x as tf.Tensor4D, k as tf.Tensor4D, 1),
    [
      [2, 7, 7, 4],
      [3, 3, 4, 1],
    ],
  ],
  [
    'depthwise convolution, stride 2',
    (x, k) => depthwiseConvolution(x as tf.Tensor4D, k as tf.Tensor4D, 2),
    [
      [2, 8, 8, 4],
      [5, 5, 4, 1],
    ],
  ],
  ['maximum of 2 × 2 pixels', (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'), [[2, 6, 6, 5]]],
  ['mean of the pixels', (x) => meanPixels(x as tf.Tensor4D), [[2, 5, 7, 6]]],
  [
    'squeeze and excitation',
    (x, reduce_CQ, reduceBias_Q, expand_QC, expandBias_C) =>
      squeezeExcite(x as tf.Tensor4D, { reduce_CQ, reduceBias_Q, expand_QC, expandBias_C } as SqueezeExciteWeights),
    [[2, 4, 4, 6], [6, 3], [3], [3, 6], [6]],
  ],
  [
    'residual',
    (branch, x) => residual(branch as tf.Tensor4D, x as tf.Tensor4D, tf.tensor1d([0, 1.25])),
    [
      [2, 3, 3, 4],
      [2, 3, 3, 4],
    ],
  ],
  ['difference of lgamma', (a) => lgammaDifference(a!, tf.tensor1d([0, 1, 2, 5, 12, 40])), [[6]], 1.5, 90],
]

const on = async (engine: 'webgpu' | 'cpu') => {
  await startEngine(engine)
  return engine
}

describe.skipIf(!hasSoftwareAdapter)('the engine webgpu, on a graphics card that the processor plays', () => {
  beforeAll(offerSoftwareAdapter)
  const allow = () => vi.stubEnv('GALAXY_DESK_WEBGPU_SOFTWARE', '1')

  describe('where that was not asked for', () => {
    afterEach(() => vi.unstubAllEnvs())

    test('is refused, with what it found', async () => {
      // The check for the devices of a card comes first on machines without one, and has its own words.
      vi.stubEnv('GALAXY_DESK_WEBGPU_SOFTWARE', '')
      await expect(startEngine('webgpu')).rejects.toMatchObject({
        code: 'engine/unusable',
        message: expect.stringMatching(/No graphics card can be used here|is software \(SwiftShader/),
      })
      const { chooseAdapter } = await import('@main/compute/engine/webgpu/adapter')
      const { create } = await import('webgpu')
      await expect(chooseAdapter(create([]))).rejects.toMatchObject({
        code: 'engine/software-adapter',
        message: expect.stringContaining('SwiftShader driver'),
      })
    })
  })

  describe('allowed for checks', () => {
    beforeAll(async () => {
      allow()
      const { engines } = await startEngine('webgpu')
      expect(engines[0]!.device).toContain('SwiftShader')
    })

    test.each(operations)(
      '%s: values and gradients are those of plain JavaScript',
      async (_name, operation, shapes, low = -1, high = 1) => {
        await on('cpu')
        const expected = await valueAndGradients(operation, shapes, low, high)
        await on('webgpu')
        const tensors = tf.memory().numTensors
        const found = await valueAndGradients(operation, shapes, low, high)
        expect(tf.memory().numTensors).toBe(tensors)
        expect(found).toHaveLength(expected.length)
        expected.forEach((values, i) => expect(relativeError(found[i]!, values), `result ${i}`).toBeLessThan(TOLERANCE))
      },
    )

    test('a step of Adam is that of plain JavaScript', async () => {
      const stepped = async () => {
        const [value, firstMoment, secondMoment, gradient] = [1, 2, 3, 4].map((seed) => randomTensor([40], seed, 0.1, 1)) as tf.Tensor[]
        const next = adamStep({ value, firstMoment, secondMoment } as AdamState, gradient!, 3, adamDefaults)
        return Promise.all([next.value.data(), next.firstMoment.data(), next.secondMoment.data()])
      }
      await on('cpu')
      const expected = await stepped()
      await on('webgpu')
      const found = await stepped()
      expected.forEach((values, i) => expect(relativeError(found[i]!, values)).toBeLessThan(TOLERANCE))
    })

    test('a training follows the losses of plain JavaScript', async () => {
      const losses = async () => {
        const network = tinyNetwork()
        const tensors = tf.memory().numTensors
        const { lossCurve } = await trainNetwork(network, brightOrDark(16), trainingOptions({ epochs: 3, learningRate: 3e-2 }))
        expect(tf.memory().numTensors).toBe(tensors)
        network.dispose()
        return lossCurve.flatMap(({ trainLoss, validationLoss }) => [trainLoss, validationLoss!])
      }
      await on('cpu')
      const expected = await losses()
      await on('webgpu')
      const found = await losses()
      found.forEach((loss, i) => expect(Math.abs(loss / expected[i]! - 1)).toBeLessThan(LOSS_TOLERANCE))
    })

    test('what does not fit is refused as out of memory, and what fits is computed afterwards', async () => {
      await on('webgpu')
      const { device } = tf.backend() as unknown as { device: GPUDevice }
      const tooMany = device.limits.maxStorageBufferBindingSize / 4 + 4
      let refusal: unknown
      try {
        tf.tidy(() => tf.add(tf.fill([tooMany / 4, 4], 1), 1))
      } catch (error) {
        refusal = error
      }
      expect(refusal).toMatchObject({ code: 'engine/out-of-memory', message: expect.stringContaining('smaller batch') })
      const product = tf.matMul(randomTensor<tf.Rank.R2>([40, 40], 1), tf.eye(40))
      expect(relativeError(await product.data(), await randomTensor([40, 40], 1).data())).toBeLessThan(TOLERANCE)
    })

    test('a command that the card refuses is no result', async () => {
      await on('webgpu')
      const { device } = tf.backend() as unknown as { device: GPUDevice }
      const x = tf.add(randomTensor([2000], 1), 1)
      device.createShaderModule({ code: 'this is no shader' })
      await expect(x.data()).rejects.toThrow('refused a command')
      expect(await tf.add(randomTensor([2000], 1), 1).data()).toHaveLength(2000)
    })

    test('numbers on the card cannot be read synchronously, and the error says what can', async () => {
      await on('webgpu')
      expect(() => tf.add(randomTensor([2000], 1), 1).dataSync()).toThrow('await tensor.data()')
    })

    // Last: it takes the device away.
    test('a card that is gone is told as such', async () => {
      await on('webgpu')
      const { device } = tf.backend() as unknown as { device: GPUDevice }
      const x = tf.add(randomTensor([2000], 1), 1)
      device.destroy()
      await expect(x.data()).rejects.toMatchObject({ code: 'engine/device-lost', message: expect.stringContaining('resume the job') })
    })
  })
})
