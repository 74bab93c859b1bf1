import * as tf from '@tensorflow/tfjs-core'
import { sum } from '@shared/science/stats/numbers'
import { lgammaDifference } from '@shared/science/stats/special'
import type { Network } from '../model/network'
import type { AnswerRange } from './loss'
import { votesOf, type TrainingData } from './training-data'

/** Total concentrations of a question that are tried for the start. */
const TOTALS = [2.5, 4, 6, 10, 16, 25, 40, 64, 100]
/** A concentration has to lie within (1, 101), and near its ends the sigmoid is flat. */
const LEAST = 1.05
const MOST = 90

/**
 * Sets the bias of a new head so that the network begins as the best constant predictor of the training votes, instead of with concentrations of
 * 51 for every answer, which a small training set spends most of its epochs to unlearn: see docs/decisions/0004-start-of-the-head.md.
 */
export function startAsConstant(network: Network, data: TrainingData, questions: readonly AnswerRange[]): void {
  const rows = Array.from(data.trainIndices)
  const votes_NA = votesOf(data, rows)
  const width = network.outputCount
  const bias_A = new Float32Array(width)
  if (network.likelihood === 'binomial') {
    const [others, answer] = columnSums(votes_NA, width)
    bias_A[1] = Math.log((answer! + 1) / (others! + 1))
  } else {
    const sums_A = columnSums(votes_NA, width)
    for (const { start, end } of questions) {
      const concentration_A = bestConstant(votes_NA, width, sums_A, start, end)
      concentration_A.forEach((concentration, i) => (bias_A[start + i] = Math.log((concentration - 1) / (101 - concentration))))
    }
  }
  const bias = network.variables.get('head/bias')
  if (bias === undefined) throw new Error(`${network.name} has no weight head/bias`)
  tf.tidy(() => bias.assign(tf.tensor1d(bias_A)))
}

function columnSums(votes_NA: Float32Array, width: number): number[] {
  const sums_A = new Array<number>(width).fill(0)
  votes_NA.forEach((votes, i) => (sums_A[i % width]! += votes))
  return sums_A
}

/** The mean fractions of a question, at the total concentration under which its votes are likeliest. */
function bestConstant(votes_NA: Float32Array, width: number, sums_A: readonly number[], start: number, end: number): number[] {
  const sums = sums_A.slice(start, end)
  const total = sums.reduce((sum, votes) => sum + votes, 0)
  const answers = end - start
  const fraction_A = sums.map((votes) => (votes + 1) / (total + answers))
  let best = { loss: Infinity, concentration_A: fraction_A }
  for (const wanted of TOTALS) {
    const concentration_A = fraction_A.map((fraction) => Math.min(MOST, Math.max(LEAST, fraction * wanted)))
    let loss = 0
    for (let row = 0; row < votes_NA.length; row += width) loss += lossOf(votes_NA.subarray(row + start, row + end), concentration_A)
    if (loss < best.loss) best = { loss, concentration_A }
  }
  return best.concentration_A
}

/** The Dirichlet-multinomial loss without the coefficient, which does not depend on the concentrations; votes may be fractional. */
function lossOf(votes_A: Float32Array, concentration_A: readonly number[]): number {
  let loss = lgammaDifference(sum(concentration_A), sum(votes_A))
  for (let i = 0; i < votes_A.length; i++) loss -= lgammaDifference(concentration_A[i]!, votes_A[i]!)
  return loss
}
