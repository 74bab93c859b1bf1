/**
 * One question's votes under a Dirichlet-multinomial: volunteers' vote fractions follow a Dirichlet, the votes a multinomial.
 * `votes_A` whole counts, N their sum; `concentration_A` > 0, A0 their sum. Source: Walmsley et al. 2022 (arXiv:2102.08414).
 */
import { betaMixtureQuantile } from './beta'
import { sum, type Numbers } from './numbers'
import { digammaDifference, lgammaDifference, logFactorial } from './special'

/** ln P(votes), in nats. No votes gives 0. Keeps the multinomial coefficient. */
export function logPmf(votes_A: Numbers, concentration_A: Numbers): number {
  const total = sum(votes_A)
  let result = logFactorial(total) - lgammaDifference(sum(concentration_A), total)
  for (let i = 0; i < votes_A.length; i++) result += lgammaDifference(concentration_A[i]!, votes_A[i]!) - logFactorial(votes_A[i]!)
  return result
}

/**
 * Negative log-likelihood of one question's votes, in nats. No votes gives 0. Concentrations (1, 1) give ln(N + 1) for every split of N
 * votes. Agrees with scipy.stats.dirichlet_multinomial.
 */
export function negativeLogLikelihood(votes_A: Numbers, concentration_A: Numbers): number {
  // No votes give 0 - 0: never -0.
  return 0 - logPmf(votes_A, concentration_A)
}

/** The derivative of `negativeLogLikelihood` by each concentration. No votes gives 0 everywhere. */
export function negativeLogLikelihoodGradient(votes_A: Numbers, concentration_A: Numbers): Float64Array {
  const ofTotal = digammaDifference(sum(concentration_A), sum(votes_A))
  return Float64Array.from(concentration_A, (concentration, i) => ofTotal - digammaDifference(concentration, votes_A[i]!))
}

/** The expected vote fraction of each answer, a_i / A0. */
export function meanFractions(concentration_A: Numbers): Float64Array {
  const total = sum(concentration_A)
  return Float64Array.from(concentration_A, (concentration) => concentration / total)
}

/** The covariance of the votes of answers i and j among N, N p_i (δ_ij - p_j) (N + A0) / (1 + A0), as rows [A][A]. */
export function voteCovariance(votes: number, concentration_A: Numbers): Float64Array[] {
  const total = sum(concentration_A)
  const fraction_A = meanFractions(concentration_A)
  const scale = (votes * (votes + total)) / (1 + total)
  return Array.from(fraction_A, (p, i) => fraction_A.map((q, j) => scale * p * ((i === j ? 1 : 0) - q)))
}

/** The fraction of answer i alone is Beta(a, b) with a = a_i, b = A0 - a_i. */
export function marginalBeta(concentration_A: Numbers, answer: number): { a: number; b: number } {
  let b = 0
  for (let i = 0; i < concentration_A.length; i++) if (i !== answer) b += concentration_A[i]!
  return { a: concentration_A[answer]!, b }
}

/**
 * The interval that holds a share `level` of an answer's vote fraction, with equal tails: quantiles of the even mixture over dropout
 * samples of the marginal betas. `concentration_KA` is one row of this question's concentrations per dropout sample.
 */
export function fractionInterval(concentration_KA: readonly Numbers[], answer: number, level = 0.9): { low: number; high: number } {
  const marginals = concentration_KA.map((concentration_A) => marginalBeta(concentration_A, answer))
  const a_K = marginals.map(({ a }) => a)
  const b_K = marginals.map(({ b }) => b)
  return { low: betaMixtureQuantile((1 - level) / 2, a_K, b_K), high: betaMixtureQuantile((1 + level) / 2, a_K, b_K) }
}
