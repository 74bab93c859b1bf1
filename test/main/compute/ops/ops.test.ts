import { add, conv2d, depthwiseConv2d, mean, memory, mul, sigmoid, tensor, tidy, zeros } from '@tensorflow/tfjs-core'
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { adamDefaults, adamStart, adamStep } from '@main/compute/ops/adam'
import { batchNormPredict, batchNormTrain, scaleShiftGradient, type Activation } from '@main/compute/ops/batch-norm'
import { biasRelu } from '@main/compute/ops/bias-relu'
import { convolution, depthwiseConvolution, imageConvolution } from '@main/compute/ops/convolution'
import { lgammaDifference } from '@main/compute/ops/lgamma-difference'
import { dotPixels, dotPixelsReference, meanOverPixels, meanPixels, scalePixels, scalePixelsReference } from '@main/compute/ops/pixels'
import { residual } from '@main/compute/ops/residual'
import { squeezeExcite, type SqueezeExciteWeights } from '@main/compute/ops/squeeze-excite'
import { swish } from '@main/compute/ops/swish'
import { useEngine } from '../use-engine'
import { numericGradient, randomTensor, relativeError, valueAndGradients } from './support'

/** Central differences in float32 with a step of 1e-2. */
const numericTolerance = 3e-3
/** Rounding of float32. */
const float32Tolerance = 1e-5

beforeAll(useEngine)

function expectGradients(f: (...inputs: Tensor[]) => Tensor, inputs: Tensor[]): void {
  const [, ...analytic] = valueAndGradients(f, inputs)
  analytic.forEach((gradient, i) =>
    expect(relativeError(gradient, numericGradient(f, inputs, i)), `input ${i}`).toBeLessThan(numericTolerance),
  )
}

describe('swish', () => {
  test('equals x sigmoid(x), and its gradient equals finite differences', () => {
    const x = randomTensor([3, 7], 1, -4, 4)
    expect(relativeError(swish(x).dataSync(), mul(x, sigmoid(x)).dataSync())).toBeLessThan(float32Tolerance)
    expectGradients(swish, [x])
  })
})

describe('biasRelu', () => {
  test('is zero below zero, and its gradients equal finite differences', () => {
    // Away from the corner at 0, where the difference quotient means nothing.
    const x = tensor([-2, 1.5, 0.7, -0.4, 2.2, -1.1], [1, 3, 1, 2])
    const bias = tensor([0.2, -0.3]) as Tensor1D
    expect(Array.from(biasRelu(x, bias).dataSync())).toEqual([0, expect.closeTo(1.2), expect.closeTo(0.9), 0, expect.closeTo(2.4), 0])
    expectGradients((given, b) => biasRelu(given!, b as Tensor1D), [x, bias])
  })
})

describe('batchNormTrain', () => {
  const shape = [2, 3, 4, 5]
  const inputs = () => [randomTensor(shape, 1, -3, 5), randomTensor([5], 2, 0.5, 1.5), randomTensor([5], 3)]

  test('gives the mean and the population variance of each channel', () => {
    const x = tensor([1, 10, 3, 20], [1, 2, 1, 2]) as Tensor4D
    const { y, mean_C, variance_C } = batchNormTrain(x, tensor([1, 1]) as Tensor1D, tensor([0, 0]) as Tensor1D, 0, 'linear')
    expect(Array.from(mean_C.dataSync())).toEqual([2, 15])
    expect(Array.from(variance_C.dataSync())).toEqual([1, 25])
    expect(Array.from(y.dataSync())).toEqual([-1, -1, 1, 1])
  })

  test.each<Activation>(['linear', 'swish'])('gradients with %s activation equal finite differences', (activation) => {
    expectGradients((x, gamma, beta) => batchNormTrain(x as Tensor4D, gamma as Tensor1D, beta as Tensor1D, 1e-3, activation).y, inputs())
  })

  test.each<Activation>(['linear', 'swish'])('prediction with the statistics of the batch equals training with %s', (activation) => {
    const [x, gamma, beta] = inputs() as [Tensor4D, Tensor1D, Tensor1D]
    const { y, mean_C, variance_C } = batchNormTrain(x, gamma, beta, 1e-3, activation)
    const predicted = batchNormPredict(x, gamma, beta, mean_C, variance_C, 1e-3, activation)
    expect(relativeError(predicted.dataSync(), y.dataSync())).toBeLessThan(float32Tolerance)
  })

  test('the composed gradient of scale and shift equals finite differences', () => {
    const [x, scale, shift] = inputs() as [Tensor, Tensor, Tensor]
    const composed = (given?: Tensor, s?: Tensor, b?: Tensor) => swish(add(mul(given!, s!), b!))
    const dy = randomTensor(shape, 99)
    scaleShiftGradient(dy, x, scale, shift, 'swish').forEach((gradient, i) =>
      expect(relativeError(gradient.dataSync(), numericGradient(composed, [x, scale, shift], i))).toBeLessThan(numericTolerance),
    )
  })
})

/** An odd number of channels, one that fills vectors, and more pixels in one direction than in the other. */
const imageShapes = [[[2, 3, 4, 5]], [[3, 5, 2, 16]], [[1, 1, 1, 3]], [[2, 7, 9, 40]]]

describe('the passes over pixels', () => {
  test.each(imageShapes)('of %j equal their reference', (shape) => {
    const [x, y] = [randomTensor<Rank.R4>(shape, 1), randomTensor<Rank.R4>(shape, 2)]
    const [scale, shift] = [3, 4].map((seed) => randomTensor<Rank.R2>([shape[0]!, shape[3]!], seed)) as [Tensor2D, Tensor2D]
    const pairs: [Tensor, Tensor][] = [
      [meanOverPixels(x), mean(x, [1, 2])],
      [dotPixels(x, y), dotPixelsReference(x, y)],
      [scalePixels(x, scale, null), scalePixelsReference(x, scale, null)],
      [scalePixels(x, scale, shift), scalePixelsReference(x, scale, shift)],
    ]
    for (const [actual, expected] of pairs) {
      expect(actual.shape).toEqual(expected.shape)
      expect(relativeError(actual.dataSync(), expected.dataSync())).toBeLessThan(float32Tolerance)
    }
  })

  test('the gradient of the mean over pixels equals finite differences', () => {
    expectGradients((x) => meanPixels(x as Tensor4D), [randomTensor([2, 3, 4, 5], 1)])
  })
})

describe('squeezeExcite', () => {
  const inputs = () => [[2, 3, 4, 5], [5, 3], [3], [3, 5], [5]].map((shape, i) => randomTensor(shape, i + 1))
  const run = (...[x, reduce_CQ, reduceBias_Q, expand_QC, expandBias_C]: Tensor[]) =>
    squeezeExcite(x as Tensor4D, { reduce_CQ, reduceBias_Q, expand_QC, expandBias_C } as SqueezeExciteWeights)

  test('without weights lets half of everything pass', () => {
    const x = randomTensor([2, 3, 4, 5], 1)
    const halved = run(x, ...[[5, 3], [3], [3, 5], [5]].map((shape) => zeros(shape)))
    expect(relativeError(halved.dataSync(), mul(x, 0.5).dataSync())).toBeLessThan(float32Tolerance)
  })

  test('its five gradients equal finite differences', () => {
    expectGradients(run, inputs())
  })
})

describe('convolutions', () => {
  test.each([
    [3, 1],
    [3, 2],
    [5, 1],
    [5, 2],
    [1, 1],
  ] as const)('%d px, stride %d: values are those of TensorFlow.js, gradients equal finite differences', (kernelPx, stride) => {
    const x = randomTensor<Rank.R4>([2, 7, 6, 4], 1)
    const full = randomTensor<Rank.R4>([kernelPx, kernelPx, 4, 3], 2)
    const deep = randomTensor<Rank.R4>([kernelPx, kernelPx, 4, 1], 3)
    expect(Array.from(convolution(x, full, stride).dataSync())).toEqual(Array.from(conv2d(x, full, stride, 'same').dataSync()))
    const expected = depthwiseConv2d(x, deep, stride, 'same').dataSync()
    expect(relativeError(depthwiseConvolution(x, deep, stride).dataSync(), expected)).toBeLessThan(float32Tolerance)
    expectGradients((given, kernel) => convolution(given as Tensor4D, kernel as Tensor4D, stride), [x, full])
    expectGradients((given, kernel) => depthwiseConvolution(given as Tensor4D, kernel as Tensor4D, stride), [x, deep])
  })
})

test('the convolution of images has the gradient of its kernel', () => {
  const [x, kernel] = [randomTensor<Rank.R4>([2, 7, 6, 1], 1), randomTensor<Rank.R4>([3, 3, 1, 4], 2)]
  expect(Array.from(imageConvolution(x, kernel, 2).dataSync())).toEqual(Array.from(conv2d(x, kernel, 2, 'same').dataSync()))
  expectGradients((given) => imageConvolution(x, given as Tensor4D, 2), [kernel])
})

describe('residual', () => {
  test.each([null, [0, 1.25]])('with factors %j: its gradients equal finite differences', (keep) => {
    const keep_B = keep && (tensor(keep) as Tensor1D)
    const [branch, x] = [randomTensor([2, 3, 4, 5], 1), randomTensor([2, 3, 4, 5], 2)]
    expectGradients((b, given) => residual(b as Tensor4D, given as Tensor4D, keep_B), [branch, x])
  })

  test('a tensor that is both branch and input gets both gradients', () => {
    const [, gradient] = valueAndGradients((x) => residual(x as Tensor4D, x as Tensor4D, null), [randomTensor([2, 3, 4, 5], 1)])
    const weights = randomTensor([2, 3, 4, 5], 99)
    expect(relativeError(gradient!, mul(weights, 2).dataSync())).toBeLessThan(float32Tolerance)
  })
})

describe('lgammaDifference', () => {
  test('of a whole k equals the sum of logarithms, and its gradient the sum of reciprocals', () => {
    const a: number[] = []
    const k: number[] = []
    for (let i = 0; i < 4000; i++) {
      a.push(Math.fround(1 + (100 * ((i * 7919) % 4001)) / 4001))
      k.push(i % 101)
    }
    const [value, gradient, gradientOfK] = valueAndGradients((x, n) => lgammaDifference(x!, n!), [tensor(a), tensor(k)])
    const weights = randomTensor([4000], 99).dataSync()
    a.forEach((start, i) => {
      let logarithms = 0
      let reciprocals = 0
      for (let j = 0; j < k[i]!; j++) {
        logarithms += Math.log(start + j)
        reciprocals += 1 / (start + j)
      }
      expect(Math.abs(value![i]! - logarithms)).toBeLessThan(8e-5)
      expect(Math.abs(gradient![i]! - weights[i]! * reciprocals)).toBeLessThan(1.5e-6)
    })
    expect(gradientOfK!.every((entry) => entry === 0)).toBe(true)
  })

  test('takes fractions of a vote and concentrations up to 1e4', () => {
    // Gamma(3/2) = sqrt(pi)/2, Gamma(5/2) = 3 sqrt(pi)/4, Gamma(2) = 1.
    const cases = [
      [1.5, 0.5, Math.log(1 / (Math.sqrt(Math.PI) / 2))],
      [2, 0.5, Math.log((3 * Math.sqrt(Math.PI)) / 4)],
      [9999, 1, Math.log(9999)],
      [5000, 3, Math.log(5000) + Math.log(5001) + Math.log(5002)],
    ] as const
    const value = lgammaDifference(tensor(cases.map(([a]) => a)), tensor(cases.map(([, k]) => k))).dataSync()
    cases.forEach(([, , expected], i) => expect(Math.abs(value[i]! - expected) / Math.max(1, expected)).toBeLessThan(1e-6))
  })

  test('no votes give exactly zero', () => {
    expect(Array.from(lgammaDifference(tensor([1.01, 7, 101]), tensor([0, 0, 0])).dataSync())).toEqual([0, 0, 0])
  })
})

describe('adamStep', () => {
  test('the first step moves each weight by the learning rate against the gradient', () => {
    const state = adamStart(tensor([1, -2, 3]))
    const next = adamStep(state, tensor([0.5, -4, 1e-2]), 1, { ...adamDefaults, learningRate: 0.1 })
    expect(relativeError(next.value.dataSync(), [0.9, -1.9, 2.9])).toBeLessThan(1e-4)
    expect(Array.from(state.value.dataSync())).toEqual([1, -2, 3])
  })
})

test('no tensor is left over', () => {
  const inputs = [randomTensor([2, 3, 4, 5], 1), randomTensor([5], 2), randomTensor([5], 3)]
  const before = memory().numTensors
  tidy(() => {
    valueAndGradients(
      (x, gamma, beta) => swish(batchNormTrain(x as Tensor4D, gamma as Tensor1D, beta as Tensor1D, 1e-3, 'swish').y),
      inputs,
    )
    biasRelu(inputs[0]!, inputs[1] as Tensor1D)
    lgammaDifference(inputs[1]!, inputs[2]!)
  })
  expect(memory().numTensors).toBe(before)
})
