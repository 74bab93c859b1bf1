import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { existsSync } from 'node:fs'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadWasm } from '@main/compute/engine/wasm/load'
import { adamDefaults, adamStep, adamStepReference, type AdamState } from '@main/compute/ops/adam'
import { batchNormPredict, batchNormTrain, type Activation } from '@main/compute/ops/batch-norm'
import { biasRelu } from '@main/compute/ops/bias-relu'
import { lgammaDifference } from '@main/compute/ops/lgamma-difference'
import { dotPixels, meanOverPixels, scalePixels } from '@main/compute/ops/pixels'
import { squeezeExcite, type SqueezeExciteWeights } from '@main/compute/ops/squeeze-excite'
import { swish } from '@main/compute/ops/swish'
import { packageRoot } from '@main/paths'
import { randomTensor, randomValues, relativeError, valueAndGradients } from '../../ops/support'

/** Sums of some thousand float32 products in another order, with fused multiply-add, relative to the largest result. */
const sumTolerance = 1e-5
/** Winograd's transforms multiply by up to 8 and divide by up to 24, each with a rounding. */
const winogradTolerance = 3e-5

type Random = { shape: number[]; low?: number; high?: number }
type Case = { inputs: Random[]; f: (...inputs: tf.Tensor[]) => tf.Tensor }

const kernelsAreBuilt = existsSync(`${packageRoot()}/out/kernels/worker.cjs`)

beforeAll(async () => {
  if (kernelsAreBuilt) await loadWasm(2)
})

/** Value and gradients on one engine. */
async function onEngine(backendName: string, { inputs, f }: Case): Promise<Float32Array[]> {
  await tf.setBackend(backendName)
  const tensors = inputs.map(({ shape, low, high }, i) => randomTensor(shape, i + 1, low, high))
  const results = valueAndGradients(f, tensors)
  tf.dispose(tensors)
  return results
}

async function expectParity(given: Case, tolerance: number): Promise<void> {
  const expected = await onEngine('cpu', given)
  const actual = await onEngine('wasm', given)
  expected.forEach((values, i) =>
    expect(relativeError(actual[i]!, values), i === 0 ? 'value' : `gradient ${i - 1}`).toBeLessThan(tolerance),
  )
}

describe.skipIf(!kernelsAreBuilt)('the wasm engine agrees with plain JavaScript', () => {
  let tensorsBefore = 0
  beforeEach(async () => {
    await tf.setBackend('wasm')
    tensorsBefore = tf.memory().numTensors
  })
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(tensorsBefore)
  })

  const convolution = (x: number[], filter: number[], stride: number, pad: 'same' | 'valid' = 'same'): Case => ({
    inputs: [{ shape: x }, { shape: filter }],
    f: (image, w) => tf.conv2d(image as tf.Tensor4D, w as tf.Tensor4D, stride, pad),
  })

  test.each([
    ['1×1, odd sizes', [2, 7, 5, 6], [1, 1, 6, 10], 1],
    ['1×1, stride 2', [2, 7, 5, 6], [1, 1, 6, 10], 2],
    ['3×3, one input channel', [3, 9, 8, 1], [3, 3, 1, 12], 1],
    ['3×3, stride 2, one input channel', [3, 9, 8, 1], [3, 3, 1, 12], 2],
    ['3×3, channels not multiples of 4', [2, 6, 7, 5], [3, 3, 5, 7], 1],
    ['3×3, stride 2, channels not multiples of 4', [2, 7, 6, 5], [3, 3, 5, 7], 2],
    ['5×5', [2, 9, 6, 8], [5, 5, 8, 9], 1],
    ['5×5, stride 2', [2, 9, 6, 4], [5, 5, 4, 3], 2],
  ] as const)('convolution %s', async (_, x, filter, stride) => {
    await expectParity(convolution([...x], [...filter], stride), sumTolerance)
  })

  test.each([
    ['whole tiles', [2, 8, 8, 16], [3, 3, 16, 24]],
    ['cut tiles', [3, 7, 9, 8], [3, 3, 8, 16]],
    ['images smaller than a tile', [2, 3, 2, 8], [3, 3, 8, 8]],
    ['many tiles on both threads', [8, 32, 32, 32], [3, 3, 32, 16]],
    ['many channels', [4, 8, 8, 128], [3, 3, 128, 128]],
  ] as const)("3×3 convolution by Winograd's tiles: %s", async (_, x, filter) => {
    await expectParity(convolution([...x], [...filter], 1), winogradTolerance)
  })

  test("a 3×3 convolution without padding does not take Winograd's tiles", async () => {
    await expectParity(convolution([2, 8, 8, 8], [3, 3, 8, 8], 1, 'valid'), sumTolerance)
  })

  for (const kernelPx of [1, 2, 3, 5]) {
    for (const stride of [1, 2]) {
      test.each([
        [8, 12],
        [7, 20],
        [9, 5],
        [15, 3],
      ])(`depthwise convolution ${kernelPx}×${kernelPx}, stride ${stride}, %d px, %d channels`, async (sizePx, channels) => {
        const f = (x?: tf.Tensor, w?: tf.Tensor) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, 'same')
        await expectParity(
          { inputs: [{ shape: [2, sizePx, sizePx + 1, channels] }, { shape: [kernelPx, kernelPx, channels, 1] }], f },
          sumTolerance,
        )
      })
    }
  }

  test.each([
    [3, 1],
    [3, 2],
    [5, 1],
    [5, 2],
  ] as const)('depthwise convolution of several images on both threads, filter of %d px, stride %d', async (kernelPx, stride) => {
    const f = (x?: tf.Tensor, w?: tf.Tensor) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, 'same')
    await expectParity({ inputs: [{ shape: [5, 14, 13, 64] }, { shape: [kernelPx, kernelPx, 64, 1] }], f }, sumTolerance)
  })

  test.each([
    [5, 7, 3],
    [33, 130, 9],
    [400, 64, 34],
    [1, 1280, 34],
  ])('matrix product %d × %d × %d, plain and transposed', async (rows, inner, columns) => {
    const sides: [number[], number[], boolean, boolean][] = [
      [[rows, inner], [inner, columns], false, false],
      [[inner, rows], [inner, columns], true, false],
      [[rows, inner], [columns, inner], false, true],
      [[inner, rows], [columns, inner], true, true],
    ]
    for (const [a, b, transposeA, transposeB] of sides) {
      await expectParity({ inputs: [{ shape: a }, { shape: b }], f: (x, y) => tf.matMul(x!, y!, transposeA, transposeB) }, sumTolerance)
    }
  })

  test.each<[Activation, number]>([
    ['linear', 8],
    ['swish', 20],
    ['swish', 5],
  ])('batch norm with %s over %d channels, training and prediction', async (activation, channels) => {
    const shapes: Random[] = [
      { shape: [3, 9, 7, channels], low: 2, high: 8 },
      { shape: [channels], low: 0.5, high: 1.5 },
      { shape: [channels] },
    ]
    const train = (x?: tf.Tensor, gamma?: tf.Tensor, beta?: tf.Tensor) =>
      batchNormTrain(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-3, activation).y
    await expectParity({ inputs: shapes, f: train }, sumTolerance)
    const moments: Random[] = [{ shape: [channels] }, { shape: [channels], low: 0.5, high: 2 }]
    const predict = (x?: tf.Tensor, ...weights: tf.Tensor[]) => {
      const [gamma, beta, mean, variance] = weights as tf.Tensor1D[]
      return batchNormPredict(x as tf.Tensor4D, gamma!, beta!, mean!, variance!, 1e-3, activation)
    }
    await expectParity({ inputs: [...shapes, ...moments], f: predict }, sumTolerance)
  })

  test('batch norm gives the same mean and variance', async () => {
    const statistics = async (backendName: string) => {
      await tf.setBackend(backendName)
      return tf.tidy(() => {
        const [x, gamma, beta] = [randomTensor([3, 9, 7, 20], 1, 900, 1100), tf.ones([20]), tf.zeros([20])]
        const { mean_C, variance_C } = batchNormTrain(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-3, 'linear')
        return [mean_C, variance_C].map((tensor) => tensor.dataSync().slice())
      })
    }
    const [mean, variance] = await statistics('cpu')
    const [wasmMean, wasmVariance] = await statistics('wasm')
    expect(relativeError(wasmMean!, mean!)).toBeLessThan(1e-6)
    expect(relativeError(wasmVariance!, variance!)).toBeLessThan(1e-4)
  })

  test.each([[[5, 8]], [[3, 7]], [[2, 4, 4, 36]]])('swish of %j', async (shape) => {
    await expectParity({ inputs: [{ shape, low: -90, high: 90 }], f: (x) => swish(x!) }, sumTolerance)
  })

  test.each([8, 5])('bias and relu over %d channels', async (channels) => {
    await expectParity(
      { inputs: [{ shape: [3, 6, 5, channels] }, { shape: [channels] }], f: (x, bias) => biasRelu(x!, bias as tf.Tensor1D) },
      sumTolerance,
    )
  })

  test.each([
    [[2, 8, 6, 8], 2, 2],
    [[2, 7, 9, 8], 2, 2],
    [[2, 8, 8, 3], 2, 2],
    [[2, 9, 9, 4], 3, 2],
  ] as const)('maximum of pixels of %j, window %d, stride %d', async (shape, filterPx, stride) => {
    await expectParity({ inputs: [{ shape: [...shape] }], f: (x) => tf.maxPool(x as tf.Tensor4D, filterPx, stride, 'same') }, sumTolerance)
  })

  test('of equal largest pixels the first takes the gradient', () => {
    const gradient = tf.tidy(() =>
      tf
        .grad((x: tf.Tensor) => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 2, 'same')))(tf.ones([1, 2, 2, 4]))
        .dataSync(),
    )
    expect(Array.from(gradient)).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  })

  test.each([8, 6])('sums, means and scales of images over %d channels', async (channels) => {
    const image = { shape: [3, 5, 7, channels] }
    await expectParity({ inputs: [image], f: (x) => tf.mean(x!, [1, 2]) }, sumTolerance)
    await expectParity({ inputs: [image], f: (x) => tf.sum(x!, [1, 2], true) }, sumTolerance)
    await expectParity({ inputs: [image, { shape: [3, 1, 1, channels] }], f: (x, scale) => tf.mul(x!, scale!) }, sumTolerance)
    await expectParity({ inputs: [{ shape: [3, 1, 1, channels] }, image], f: (scale, x) => tf.mul(scale!, x!) }, sumTolerance)
  })

  test('lgammaDifference', async () => {
    const inputs = [
      { shape: [64, 34], low: 1, high: 101 },
      { shape: [64, 34], low: 0, high: 60 },
    ]
    await expectParity({ inputs, f: (a, k) => lgammaDifference(a!, k!) }, 1e-6)
  })

  test.each([8, 6])('the passes over pixels of %d channels, and squeeze and excitation', async (channels) => {
    const image = { shape: [3, 5, 7, channels] }
    const perGalaxy = { shape: [3, channels] }
    const plain = async (inputs: Random[], f: Case['f']) => {
      const onOne = async (backendName: string) => {
        await tf.setBackend(backendName)
        return tf.tidy(() => f(...inputs.map(({ shape }, i) => randomTensor(shape, i + 1))).dataSync())
      }
      expect(relativeError(await onOne('wasm'), await onOne('cpu'))).toBeLessThan(sumTolerance)
    }
    await plain([image], (x) => meanOverPixels(x as tf.Tensor4D))
    await plain([image, image], (x, y) => dotPixels(x as tf.Tensor4D, y as tf.Tensor4D))
    await plain([image, perGalaxy], (x, scale) => scalePixels(x as tf.Tensor4D, scale as tf.Tensor2D, null))
    await plain([image, perGalaxy, perGalaxy], (x, scale, shift) =>
      scalePixels(x as tf.Tensor4D, scale as tf.Tensor2D, shift as tf.Tensor2D),
    )
    const weights = [[channels, 3], [3], [3, channels], [channels]].map((shape) => ({ shape }))
    const excite = (x?: tf.Tensor, ...[reduce_CQ, reduceBias_Q, expand_QC, expandBias_C]: tf.Tensor[]) =>
      squeezeExcite(x as tf.Tensor4D, { reduce_CQ, reduceBias_Q, expand_QC, expandBias_C } as SqueezeExciteWeights)
    await expectParity({ inputs: [image, ...weights], f: excite }, sumTolerance)
  })

  test.each([64, 7])('an Adam step of %d numbers makes new tensors', (size) => {
    tf.tidy(() => {
      const state: AdamState = {
        value: randomTensor([size], 1),
        firstMoment: randomTensor([size], 2),
        secondMoment: randomTensor([size], 3, 0, 1),
      }
      const gradient = randomTensor([size], 4)
      const next = adamStep(state, gradient, 3, adamDefaults)
      const reference = adamStepReference(state, gradient, 3, adamDefaults)
      for (const name of ['value', 'firstMoment', 'secondMoment'] as const) {
        expect(relativeError(next[name].dataSync(), reference[name].dataSync())).toBeLessThan(1e-6)
        expect(next[name].dataId).not.toBe(state[name].dataId)
      }
      expect(state.value.dataSync()).toEqual(randomValues(size, 1))
    })
  })

  test('the same sums come out on one thread and on two, to the last bit', async () => {
    const given = convolution([8, 32, 32, 32], [3, 3, 32, 16], 1)
    const onTwo = await onEngine('wasm', given)
    const again = await onEngine('wasm', given)
    expect(again).toEqual(onTwo)
    tf.removeBackend('wasm')
    await loadWasm(1)
    tensorsBefore = tf.memory().numTensors
    const onOne = await onEngine('wasm', given)
    expect(onOne).toEqual(onTwo)
  })
})
