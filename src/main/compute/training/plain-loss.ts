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

/**
 * Dirichlet-multinomial; the derivative by each concentration goes to `gradient_A` unless it is null. A question without votes adds 0 to
 * the loss and 0 to the gradient. Source: Walmsley et al. 2022 (arXiv 2102.08414).
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
    for (let answer = start; answer < end; answer++) {
      concentration += outputs_A[answer]!
      votes += votes_A[answer]!
    }
    gradient_A?.fill(0, start, end)
    if (votes === 0) continue
    const weight = weights_Q === null ? 1 : weights_Q[q]!
    let ofQuestion = lgammaDifference(concentration, votes) - logGammaOfCount(votes)
    const common = gradient_A === null ? 0 : digammaStep(concentration, votes)
    for (let answer = start; answer < end; answer++) {
      const k = votes_A[answer]!
      const a = outputs_A[answer]!
      if (k !== 0) ofQuestion += logGammaOfCount(k) - lgammaDifference(a, k)
      if (gradient_A !== null) gradient_A[answer] = weight * (common - (k === 0 ? 0 : digammaStep(a, k)))
    }
    loss += weight * ofQuestion
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
