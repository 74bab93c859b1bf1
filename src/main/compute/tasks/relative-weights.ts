import type { AnswerRange } from '../training/loss'

/**
 * The weights [N, Q] of the questions' likelihoods relative to each other: where every question that has votes carries the same weight, as in a
 * survey that only experts labelled, there is nothing to weigh and all are 1. The loss on screen stays one of single answers, and gradients
 * are not cut off because the loss is tenfold.
 */
export function relativeWeights(weights_NQ: Float32Array, votes_NA: Float32Array, questions: readonly AnswerRange[]): Float32Array {
  const questionCount = questions.length
  const width = questions.at(-1)!.end
  let common: number | null = null
  for (let at = 0; at < weights_NQ.length; at++) {
    const { start, end } = questions[at % questionCount]!
    const row = Math.floor(at / questionCount) * width
    if (!votes_NA.subarray(row + start, row + end).some((votes) => votes > 0)) continue
    if (common !== null && weights_NQ[at] !== common) return weights_NQ
    common = weights_NQ[at]!
  }
  return new Float32Array(weights_NQ.length).fill(1)
}
