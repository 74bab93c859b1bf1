import * as tf from '@tensorflow/tfjs-core'
import type { Likelihood } from '../model/network'
import { lgammaDifference } from '../ops/lgamma-difference'

/** The columns `[start, end)` of one question's answers. */
export type AnswerRange = { readonly start: number; readonly end: number }

/** Keeps ln finite where rho is 0 or 1. Source: Walmsley et al. 2020's code. */
export const BINOMIAL_EPSILON = 1e-8

/**
 * Negative log-likelihood of each galaxy's votes, in nats [B]: what a network is trained on, before the mean over the batch.
 * `outputs_BA` is what the head gave; `votes_BA` counts or weights >= 0, whole or not; its columns are the answers of the tree, or for
 * `binomial` the votes for the other answers and those for the one. A question without votes adds 0 and no gradient.
 * `weight_BQ` multiplies the likelihood of each question (an expert's answer may weigh more than one volunteer's); null is 1 everywhere.
 */
export function lossPerGalaxy(
  likelihood: Likelihood,
  outputs_BA: tf.Tensor2D,
  votes_BA: tf.Tensor2D,
  questions: readonly AnswerRange[],
  weight_BQ: tf.Tensor2D | null = null,
): tf.Tensor1D {
  return tf.tidy(() => {
    const loss_BQ =
      likelihood === 'binomial'
        ? tf.expandDims(binomialLoss(outputs_BA, votes_BA), 1)
        : dirichletMultinomialLoss(outputs_BA, votes_BA, questions)
    return tf.sum(weight_BQ === null ? loss_BQ : tf.mul(loss_BQ, weight_BQ), 1)
  })
}

/**
 * Dirichlet-multinomial with the multinomial coefficient, question by question [B, Q]:
 * -[ lnG(A) - lnG(N+A) + sum_i (lnG(k_i+a_i) - lnG(a_i)) + lnG(N+1) - sum_i lnG(k_i+1) ], each difference one operation.
 * Source: Walmsley et al. 2022 (arXiv 2102.08414).
 */
function dirichletMultinomialLoss(concentration_BA: tf.Tensor2D, votes_BA: tf.Tensor2D, questions: readonly AnswerRange[]): tf.Tensor2D {
  const answers = concentration_BA.shape[1]
  const membership_AQ = tf.tensor2d(membership(answers, questions), [answers, questions.length])
  const totalConcentration_BQ = tf.matMul(concentration_BA, membership_AQ)
  const totalVotes_BQ = tf.matMul(votes_BA, membership_AQ)
  const perAnswer_BA = tf.sub(lgammaDifference(concentration_BA, votes_BA), lgammaDifference(tf.onesLike(votes_BA), votes_BA))
  const perQuestion_BQ = tf.sub(
    lgammaDifference(totalConcentration_BQ, totalVotes_BQ),
    lgammaDifference(tf.onesLike(totalVotes_BQ), totalVotes_BQ),
  )
  return tf.sub(perQuestion_BQ, tf.matMul(perAnswer_BA, membership_AQ))
}

/** 1 where the answer belongs to the question. */
function membership(answers: number, questions: readonly AnswerRange[]): Float32Array {
  const matrix_AQ = new Float32Array(answers * questions.length)
  for (const [q, { start, end }] of questions.entries()) {
    for (let answer = start; answer < end; answer++) matrix_AQ[answer * questions.length + q] = 1
  }
  return matrix_AQ
}

/** -[ k ln(rho + 1e-8) + (N - k) ln(1 - rho + 1e-8) ]; columns [1 - rho, rho] and [N - k, k]. Source: Walmsley et al. 2020. */
function binomialLoss(probability_B2: tf.Tensor2D, votes_B2: tf.Tensor2D): tf.Tensor1D {
  return tf.neg(tf.sum(tf.mul(votes_B2, tf.log(tf.add(probability_B2, BINOMIAL_EPSILON))), 1))
}
