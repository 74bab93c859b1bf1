/**
 * @file The gradient of the head alone, from features that are kept. Recorded step by step on an engine, the loss alone is 200 operations
 * on 34 columns, which take longer than the two products with the weights. Here the engine does the two products, and the rest is plain numbers.
 */
import * as tf from '@tensorflow/tfjs-core'
import { LEAST_SLOPE, LOGIT_BOUND } from '../model/head'
import type { Network } from '../model/network'
import { dirichletMultinomialLoss } from './plain-loss'
import { votesOf, weightsOf, type TrainingData, type TrainingOptions } from './training-data'

export type HeadGradients = { losses: number[]; gradients: Map<string, tf.Tensor> }

/** Only heads of concentrations; a binomial head has two columns, and goes the way of every network. */
export function hasPlainGradients(network: Network, trainable: ReadonlyMap<string, tf.Variable>): boolean {
  return network.likelihood === 'dirichlet-multinomial' && trainable.size === 2 && trainable.has(KERNEL) && trainable.has(BIAS)
}

const KERNEL = 'head/kernel'
const BIAS = 'head/bias'

/**
 * Losses [B] and the gradients of their sum divided by `total`. `masked_BF` are features after dropout. Equal to the gradients that
 * TensorFlow.js finds for `network.head` and `lossPerGalaxy`, [Note: Concentrations that stick] included.
 */
export async function headGradients(
  network: Network,
  masked_BF: Float32Array,
  data: TrainingData,
  options: TrainingOptions,
  rows: readonly number[],
  total: number,
): Promise<HeadGradients> {
  const [kernel, bias] = [network.variables.get(KERNEL)!, network.variables.get(BIAS)!] as [tf.Variable<tf.Rank.R2>, tf.Variable]
  const features_BF = tf.tensor2d(masked_BF, [rows.length, network.featureCount])
  try {
    const logits = tf.tidy(() => tf.add(tf.matMul<tf.Tensor2D>(features_BF, kernel as unknown as tf.Tensor2D), bias))
    const logits_BA = await logits.data<'float32'>().finally(() => logits.dispose())
    const { losses, gradient_BA } = logitGradients(network.outputCount, logits_BA, data, options, rows, total)
    const ofKernel = tf.tidy(() => tf.matMul(features_BF, tf.tensor2d(gradient_BA, [rows.length, network.outputCount]), true, false))
    const bias_A = new Float32Array(network.outputCount)
    gradient_BA.forEach((gradient, i) => (bias_A[i % bias_A.length]! += gradient))
    const gradients = new Map<string, tf.Tensor>([
      [KERNEL, ofKernel],
      [BIAS, tf.tensor1d(bias_A)],
    ])
    return { losses, gradients }
  } finally {
    features_BF.dispose()
  }
}

/** The losses and d(their sum / total)/d(logit). See `concentrations` in head.ts for what happens at the bounds. */
function logitGradients(
  width: number,
  logits_BA: Float32Array,
  data: TrainingData,
  { questions }: TrainingOptions,
  rows: readonly number[],
  total: number,
) {
  const votes_BA = votesOf(data, rows)
  const weights_BQ = weightsOf(data, rows)
  const fraction_BA = logits_BA.map((logit) => 1 / (1 + Math.exp(-Math.min(LOGIT_BOUND, Math.max(-LOGIT_BOUND, logit)))))
  const concentration_BA = fraction_BA.map((fraction) => 1 + 100 * fraction)
  const gradient_BA = new Float32Array(logits_BA.length)
  const losses = rows.map((_, row) => {
    const ofRow = (array: Float32Array, length = width) => array.subarray(row * length, (row + 1) * length)
    const weights_Q = weights_BQ && ofRow(weights_BQ, questions.length)
    const lossRow = { outputs_A: ofRow(concentration_BA), votes_A: ofRow(votes_BA), weights_Q }
    return dirichletMultinomialLoss(lossRow, questions, ofRow(gradient_BA))
  })
  for (let i = 0; i < gradient_BA.length; i++) {
    const byConcentration = gradient_BA[i]! / total
    const logit = logits_BA[i]!
    const isOutward = (logit <= -LOGIT_BOUND && byConcentration > 0) || (logit >= LOGIT_BOUND && byConcentration < 0)
    const fraction = fraction_BA[i]!
    gradient_BA[i] = isOutward ? 0 : byConcentration * 100 * Math.max(fraction * (1 - fraction), LEAST_SLOPE)
  }
  return { losses, gradient_BA }
}
