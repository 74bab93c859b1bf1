/** The losses of loss.ts for numbers in plain arrays, in float64, with their gradient. Tests hold the two to each other. */
import { digamma, digammaDifference, lgammaDifference, logFactorial } from '@shared/science/stats/special'
import type { Likelihood } from '../model/network'
import { BINOMIAL_EPSILON, type AnswerRange } from './loss'

/** One galaxy's rows: outputs and votes [A], the weight of each question [Q] or null for 1 everywhere. */
export type LossRow = { outputs_A: Float32Array; votes_A: Float32Array; weights_Q: Float32Array | null }

/** As `lossPerGalaxy`, for one galaxy, in nats. */
export function plainLoss(likelihood: Likelihood, row: LossRow, questions: readonly AnswerRange[]): number {
  return likelihood === 'binomial' ? binomialLoss(row) : dirichletMultinomialLoss(row, questions, null)
}

/** Products of so many factors are within float64, for concentrations below this one: 10,064^64 = 1e256. */
const MOST_FACTORS = 64
const MOST_CONCENTRATION = 1e4

/**
 * Dirichlet-multinomial; the derivative by each concentration goes to `gradient_A` unless it is null. A question without votes adds 0 to
 * the loss and 0 to the gradient. Source: Walmsley et al. 2022 (arXiv 2102.08414).
 *
 * [Note: Rising factorials] Γ(a + k) / Γ(a) of a whole count k is the product of a + j, j < k. Its derivative is carried along in the same
 * loop, (p (a + j))' = p' (a + j) + p, and over the product it is ψ(a + k) - ψ(a): one division for an answer and one logarithm for a
 * question instead of k divisions and a logarithm for each answer. All terms are positive, so no digit is lost.
 */
export function dirichletMultinomialLoss(
  { outputs_A, votes_A, weights_Q }: LossRow,
  questions: readonly AnswerRange[],
  gradient_A: Float32Array | null,
): number {
  let loss = 0
  for (let q = 0; q < questions.length; q++) {
    const { start, end } = questions[q]!
    let concentration = 0
    let votes = 0
    let isWhole = true
    for (let answer = start; answer < end; answer++) {
      const k = votes_A[answer]!
      concentration += outputs_A[answer]!
      votes += k
      isWhole &&= Number.isInteger(k)
    }
    if (votes === 0) {
      gradient_A?.fill(0, start, end)
      continue
    }
    const weight = weights_Q === null ? 1 : weights_Q[q]!
    if (!isWhole || votes > MOST_FACTORS || !(concentration < MOST_CONCENTRATION)) {
      loss += weight * lossOfAnyVotes(outputs_A, votes_A, start, end, concentration, votes, weight, gradient_A)
      continue
    }
    let ofAll = 1
    let slopeOfAll = 0
    for (let j = 0; j < votes; j++) {
      slopeOfAll = slopeOfAll * (concentration + j) + ofAll
      ofAll *= concentration + j
    }
    const common = slopeOfAll / ofAll
    let ofAnswers = 1
    let coefficient = logFactorial(votes)
    for (let answer = start; answer < end; answer++) {
      const k = votes_A[answer]!
      const a = outputs_A[answer]!
      let rising = 1
      let slope = 0
      for (let j = 0; j < k; j++) {
        slope = slope * (a + j) + rising
        rising *= a + j
      }
      ofAnswers *= rising
      coefficient -= logFactorial(k)
      if (gradient_A !== null) gradient_A[answer] = weight * (common - slope / rising)
    }
    loss += weight * (Math.log(ofAll / ofAnswers) - coefficient)
  }
  return loss
}

/** The loss of one question, and its gradient, for votes of any number, whole or not. */
function lossOfAnyVotes(
  outputs_A: Float32Array,
  votes_A: Float32Array,
  start: number,
  end: number,
  concentration: number,
  votes: number,
  weight: number,
  gradient_A: Float32Array | null,
): number {
  let loss = lgammaDifference(concentration, votes) - logGammaOfCount(votes)
  const common = gradient_A === null ? 0 : digammaStep(concentration, votes)
  for (let answer = start; answer < end; answer++) {
    const k = votes_A[answer]!
    const a = outputs_A[answer]!
    if (k !== 0) loss += logGammaOfCount(k) - lgammaDifference(a, k)
    if (gradient_A !== null) gradient_A[answer] = weight * (common - (k === 0 ? 0 : digammaStep(a, k)))
  }
  return loss
}

/** ln Γ(1 + k) for a count or a weight. */
function logGammaOfCount(k: number): number {
  return Number.isInteger(k) ? logFactorial(k) : lgammaDifference(1, k)
}

/** ψ(a + k) - ψ(a); an expert's answer may stand for votes that are no whole number. */
function digammaStep(a: number, k: number): number {
  return Number.isInteger(k) ? digammaDifference(a, k) : digamma(a + k) - digamma(a)
}

function binomialLoss({ outputs_A, votes_A, weights_Q }: LossRow): number {
  const of = (i: number) => votes_A[i]! * Math.log(outputs_A[i]! + BINOMIAL_EPSILON)
  return -(of(0) + of(1)) * (weights_Q === null ? 1 : weights_Q[0]!)
}
