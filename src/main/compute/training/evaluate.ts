import * as tf from '@tensorflow/tfjs-core'
import { setImmediate } from 'node:timers/promises'
import type { Network } from '../model/network'
import type { FeatureSource } from './inputs'
import { lossPerGalaxy, type AnswerRange } from './loss'
import { plainLoss } from './plain-loss'
import { evenBatches, votesOf, weightsOf, type TrainingData, type TrainingOptions } from './training-data'

/** Losses [N] in nats and outputs [N, A] of the centred view, dropout off. */
export type Evaluation = { loss_N: number[]; outputs_NA: Float32Array }

/**
 * `batch` galaxies at a time. Runs `beforeBatch` between batches, where a training may be cancelled. The engine gives the outputs, unless
 * `outputsOf` does.
 */
export async function evaluate(
  network: Network,
  source: FeatureSource,
  data: TrainingData,
  options: TrainingOptions,
  indices: readonly number[],
  beforeBatch: () => void,
  batch = options.batch,
  outputsOf: (rows: readonly number[]) => Promise<Float32Array> | Float32Array = engineOutputs(network, source),
): Promise<Evaluation> {
  const loss_N: number[] = []
  const width = network.outputCount
  const outputs_NA = new Float32Array(indices.length * width)
  for (const rows of evenBatches(indices, batch)) {
    await setImmediate()
    beforeBatch()
    const outputs_BA = await outputsOf(rows)
    outputs_NA.set(outputs_BA, loss_N.length * width)
    loss_N.push(...plainLosses(network, outputs_BA, data, options, rows))
  }
  return { loss_N, outputs_NA }
}

const engineOutputs = (network: Network, source: FeatureSource) => (rows: readonly number[]) => {
  const outputs = tf.tidy(() => network.head(source.centred(rows), null))
  return outputs.data<'float32'>().finally(() => outputs.dispose())
}

/** The losses of these rows in plain numbers: no gradient is wanted, and on an engine the loss is 200 small operations. */
function plainLosses(network: Network, outputs_BA: Float32Array, data: TrainingData, options: TrainingOptions, rows: readonly number[]) {
  const width = network.outputCount
  const votes_BA = votesOf(data, rows)
  const weights_BQ = weightsOf(data, rows)
  const questions = options.questions.length
  return rows.map((_, row) => {
    const ofRow = (array: Float32Array, length: number) => array.subarray(row * length, (row + 1) * length)
    const weights_Q = weights_BQ && ofRow(weights_BQ, questions)
    return plainLoss(
      network.likelihood,
      { outputs_A: ofRow(outputs_BA, width), votes_A: ofRow(votes_BA, width), weights_Q },
      options.questions,
    )
  })
}

/** The losses [B] of these rows for what the head gave; call inside a `tf.tidy`. */
export function lossOfRows(
  network: Network,
  outputs_BA: tf.Tensor2D,
  data: TrainingData,
  options: TrainingOptions,
  rows: readonly number[],
): tf.Tensor1D {
  const votes_BA = tf.tensor2d(votesOf(data, rows), [rows.length, network.outputCount])
  const weights = weightsOf(data, rows)
  const weight_BQ = weights && tf.tensor2d(weights, [rows.length, weights.length / rows.length])
  return lossPerGalaxy(network.likelihood, outputs_BA, votes_BA, options.questions, weight_BQ)
}

/** A concentration this close to 1 says nothing about a galaxy. */
const STUCK_BELOW = 1.05

/**
 * Positions of the questions that have votes and yet only concentrations near 1, for every galaxy: see [Note: Concentrations that stick].
 */
export function findStuckQuestions(
  outputs_NA: Float32Array,
  votes_NA: Float32Array,
  questions: readonly AnswerRange[],
  answers: number,
): number[] {
  return [...questions.keys()].filter((q) => {
    const { start, end } = questions[q]!
    let hasVotes = false
    for (let row = 0; row < outputs_NA.length; row += answers) {
      for (let answer = row + start; answer < row + end; answer++) {
        if (outputs_NA[answer]! > STUCK_BELOW) return false
        hasVotes ||= votes_NA[answer]! > 0
      }
    }
    return hasVotes
  })
}

/** Fewer galaxies may be alike by chance. */
const LEAST_TO_COMPARE = 5
/** Rounding of float32, for outputs up to 101. */
const SAME_WITHIN = 1e-5

/** Whether every galaxy gets the same outputs: a network whose last units are dead. */
export function isConstant(outputs_NA: Float32Array, answers: number): boolean {
  if (outputs_NA.length / answers < LEAST_TO_COMPARE) return false
  return outputs_NA.every((output, i) => Math.abs(output - outputs_NA[i % answers]!) < SAME_WITHIN)
}
