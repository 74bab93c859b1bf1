/** The parts that the encoders are made of. Each adds its weights and its row of the table, and gives back the function that runs it. */
import * as tf from '@tensorflow/tfjs-core'
import { batchNormPredict, batchNormTrain } from '../ops/batch-norm'
import { biasRelu } from '../ops/bias-relu'
import * as operation from '../ops/convolution'
import { residual } from '../ops/residual'
import * as excitation from '../ops/squeeze-excite'
import type { Builder, Initialiser, Pass } from './builder'
import { heUniform, glorotUniform, ones, zeros } from './initialise'

/** Height (equal to width) and channels of what flows between blocks. */
export type Shape = { sizePx: number; channels: number }
export type Block = { shape: Shape; run: (x: tf.Tensor4D, pass: Pass) => tf.Tensor4D }

/** Keras' value; EfficientNet was trained with it. */
const BATCH_NORM_EPSILON = 1e-3

/**
 * How much of the old moving statistics stays at each step. Keras takes 0.99, which needs a thousand steps to forget its start: a project
 * of a few hundred labels ends before that, and predicts with statistics that belong to no network. 0.9 forgets in tens of steps.
 */
const BATCH_NORM_MOMENTUM = 0.9

/**
 * Runs one block after the other. What flows between them is freed as soon as the next one has it; the gradient's record holds on to what
 * it needs by itself. Otherwise a batch norm's input, its output and all between would stay until the whole forward pass has ended.
 */
export function runBlocks(blocks: readonly Block[], x: tf.Tensor4D, pass: Pass): tf.Tensor4D {
  return blocks.reduce((inner, block) => {
    const y = block.run(inner, pass)
    if (inner !== x && inner !== y) inner.dispose()
    return y
  }, x)
}

function rowShape({ sizePx, channels }: Shape): number[] {
  return [sizePx, sizePx, channels]
}

/** One channel: these are the images, and no gradient is wanted of them. */
const convolve = ({ channels }: Shape) => (channels === 1 ? operation.imageConvolution : operation.convolution)

/** Convolution, 'same' padding, no bias: a batch norm follows. */
export function convolution(builder: Builder, name: string, input: Shape, filters: number, kernelPx: number, stride: 1 | 2): Block {
  const fanOut = kernelPx * kernelPx * filters
  const kernel = builder.weight<tf.Rank.R4>(name, 'kernel', [kernelPx, kernelPx, input.channels, filters], heUniform(fanOut))
  const shape = { sizePx: Math.ceil(input.sizePx / stride), channels: filters }
  builder.row(name, rowShape(shape))
  return { shape, run: (x) => convolve(input)(x, kernel as unknown as tf.Tensor4D, stride) }
}

/** One filter per channel, 'same' padding, no bias. */
export function depthwise(builder: Builder, name: string, input: Shape, kernelPx: number, stride: 1 | 2): Block {
  const kernel = builder.weight<tf.Rank.R4>(name, 'kernel', [kernelPx, kernelPx, input.channels, 1], heUniform(kernelPx * kernelPx))
  const shape = { sizePx: Math.ceil(input.sizePx / stride), channels: input.channels }
  builder.row(name, rowShape(shape))
  return { shape, run: (x) => operation.depthwiseConvolution(x, kernel as unknown as tf.Tensor4D, stride) }
}

/** Batch norm, with swish in the same operation where asked. Its four values per channel include the two moving statistics. */
export function batchNorm(builder: Builder, name: string, shape: Shape, activation: 'linear' | 'swish'): Block {
  const C: [number] = [shape.channels]
  const gamma = builder.weight<tf.Rank.R1>(name, 'gamma', C, ones)
  const beta = builder.weight<tf.Rank.R1>(name, 'beta', C, zeros)
  const movingMean = builder.weight<tf.Rank.R1>(name, 'moving_mean', C, zeros, false)
  const movingVariance = builder.weight<tf.Rank.R1>(name, 'moving_variance', C, ones, false)
  builder.row(name, rowShape(shape))
  const follow = (moving: tf.Variable<tf.Rank.R1>, batch: tf.Tensor1D) =>
    moving.assign(tf.add(moving, tf.mul(tf.sub(batch, moving), 1 - BATCH_NORM_MOMENTUM)))
  return {
    shape,
    run: (x, { mode }) => {
      if (mode === 'predict') return batchNormPredict(x, gamma, beta, movingMean, movingVariance, BATCH_NORM_EPSILON, activation)
      const { y, mean_C, variance_C } = batchNormTrain(x, gamma, beta, BATCH_NORM_EPSILON, activation)
      follow(movingMean, mean_C)
      follow(movingVariance, variance_C)
      return y
    },
  }
}

/** Squeeze and excitation: scales each channel by what the whole image holds. `squeezed` is the width in between. */
export function squeezeExcite(builder: Builder, name: string, shape: Shape, squeezed: number): Block {
  const { channels } = shape
  const reduce = builder.weight<tf.Rank.R2>(name, 'reduce_kernel', [channels, squeezed], heUniform(squeezed))
  const reduceBias = builder.weight<tf.Rank.R1>(name, 'reduce_bias', [squeezed], zeros)
  const expand = builder.weight<tf.Rank.R2>(name, 'expand_kernel', [squeezed, channels], heUniform(channels))
  const expandBias = builder.weight<tf.Rank.R1>(name, 'expand_bias', [channels], zeros)
  builder.row(name, rowShape(shape))
  const weights = {
    reduce_CQ: reduce as unknown as tf.Tensor2D,
    reduceBias_Q: reduceBias,
    expand_QC: expand as unknown as tf.Tensor2D,
    expandBias_C: expandBias,
  }
  return { shape, run: (x) => excitation.squeezeExcite(x, weights) }
}

/**
 * Adds a branch to its input, with stochastic depth: while training, the whole branch of a galaxy is left out with probability `rate`, and
 * scaled up otherwise. Source: Huang et al. 2016 (arXiv 1603.09382); Keras' `drop_connect_rate`.
 */
export function addBranch(branch: tf.Tensor4D, x: tf.Tensor4D, rate: number, { mode, random }: Pass): tf.Tensor4D {
  if (mode === 'predict' || random === null || rate === 0) return residual(branch, x, null)
  const keep_B = Float32Array.from({ length: x.shape[0] }, () => (random.next() < rate ? 0 : 1 / (1 - rate)))
  return residual(branch, x, tf.tensor1d(keep_B))
}

/** 3×3 convolution with bias and relu, then, where asked, the maximum of 2×2 pixels (its own row). */
export function reluConvolution(builder: Builder, name: string, input: Shape, filters: number, pool: string | null): Block {
  const kernel = builder.weight<tf.Rank.R4>(name, 'kernel', [3, 3, input.channels, filters], heUniform(9 * input.channels))
  const bias = builder.weight<tf.Rank.R1>(name, 'bias', [filters], zeros)
  builder.row(name, rowShape({ sizePx: input.sizePx, channels: filters }))
  const shape = { sizePx: pool === null ? input.sizePx : input.sizePx / 2, channels: filters }
  if (pool !== null) builder.row(pool, rowShape(shape))
  return {
    shape,
    run: (x) => {
      const y = biasRelu(convolve(input)(x, kernel as unknown as tf.Tensor4D, 1), bias)
      return pool === null ? y : tf.maxPool(y, 2, 2, 'valid')
    },
  }
}

/** Dense layer [B, inputs] to [B, units]. */
export function dense(
  builder: Builder,
  name: string,
  inputs: number,
  units: number,
  activation: 'linear' | 'relu',
  startBias: Initialiser = zeros,
) {
  const kernel = builder.weight<tf.Rank.R2>(name, 'kernel', [inputs, units], glorotUniform(inputs, units))
  const bias = builder.weight<tf.Rank.R1>(name, 'bias', [units], startBias)
  builder.row(name, [units])
  return (x_BF: tf.Tensor2D): tf.Tensor2D => {
    const product_BU: tf.Tensor2D = tf.matMul(x_BF, kernel as unknown as tf.Tensor2D)
    return activation === 'relu' ? biasRelu(product_BU, bias) : tf.add(product_BU, bias)
  }
}
