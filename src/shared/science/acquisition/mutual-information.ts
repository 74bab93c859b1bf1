/**
 * [Note: Mutual information] How much the votes on a galaxy would tell about the network's weights (BALD): the entropy of the votes as the
 * mean over dropout samples predicts them, less the mean entropy as each sample predicts them. Nats; 0 when the samples agree, at most
 * ln K for K samples. Computed as the mean divergence of the samples from their mean, which is the same number and cannot be negative
 * by more than rounding.
 */
import { sum, type Numbers } from '../stats/numbers'
import type { Random } from '../stats/random'
import { logChoose } from '../stats/special'

/**
 * Mutual information of `votes` yes-or-no votes and the sample, in nats, from each dropout sample's vote fraction `rho_K` in 0..1.
 * Source: W+20 (arXiv:1905.07424); its public code rounds rho to 3 decimals and puts 1e-12 inside the logarithm, which this does not.
 */
export function binomialMutualInformation(rho_K: Numbers, votes: number): number {
  const samples = rho_K.length
  const log_K = Array.from(rho_K, (rho) => ({ yes: Math.log(rho), no: Math.log1p(-rho) }))
  const logP_K = new Float64Array(samples)
  let information = 0
  for (let k = 0; k <= votes; k++) {
    const ways = logChoose(votes, k)
    log_K.forEach(({ yes, no }, t) => (logP_K[t] = ways + (k === 0 ? 0 : k * yes) + (k === votes ? 0 : (votes - k) * no)))
    information += outcomeInformation(logP_K)
  }
  return Math.max(0, information)
}

/** A mutual information in nats and, where it was estimated by draws, its standard error; 0 when exact. */
export type Estimate = { readonly mutualInformation: number; readonly standardError: number }

/** Up to here every outcome is gone through; above, draws stand for them. 6 answers at 40 votes have 1,221,759. */
export const maxExactOutcomes = 1000

/**
 * Mutual information of `votes` votes on one question, jointly over its answers, under each sample's Dirichlet-multinomial.
 * `concentration_KA`: one row per sample. Exact up to 1,000 outcomes; else `draws` seeded ones, spread evenly over the samples (a plain
 * Error when `random` is then missing).
 */
export function dirichletMutualInformation(concentration_KA: readonly Numbers[], votes: number, random?: Random, draws = 1000): Estimate {
  const answers = concentration_KA[0]!.length
  const terms = concentration_KA.map((concentration_A) => new SampleTerms(concentration_A, votes))
  if (outcomeCount(answers, votes) <= maxExactOutcomes) {
    const logP_K = new Float64Array(terms.length)
    let information = 0
    forEachOutcome(answers, votes, (votes_A) => {
      terms.forEach((sample, t) => (logP_K[t] = sample.logPmf(votes_A)))
      information += outcomeInformation(logP_K)
    })
    return { mutualInformation: Math.max(0, information), standardError: 0 }
  }
  if (!random) throw new Error(`${answers} answers and ${votes} votes need draws: pass a random generator`)
  return estimateByDraws(concentration_KA, terms, votes, random, draws)
}

/** The number of ways in which `votes` votes can fall on `answers` answers. */
export function outcomeCount(answers: number, votes: number): number {
  return Math.round(Math.exp(logChoose(votes + answers - 1, answers - 1)))
}

/** ln P of one sample, put together from tables: what costs logarithms is done once per concentration, not once per outcome. */
class SampleTerms {
  private readonly tables: Float64Array[]
  private readonly constant: number

  constructor(concentration_A: Numbers, votes: number) {
    this.tables = Array.from(concentration_A, (concentration) => risingFactorials(concentration, votes))
    this.constant = -risingFactorials(sum(concentration_A), votes)[votes]!
  }

  logPmf(votes_A: readonly number[]): number {
    let result = this.constant
    for (let i = 0; i < votes_A.length; i++) result += this.tables[i]![votes_A[i]!]!
    return result
  }
}

/** ln( a (a + 1) … (a + k - 1) / k! ) for k = 0 … votes. */
function risingFactorials(a: number, votes: number): Float64Array {
  const table = new Float64Array(votes + 1)
  for (let k = 1; k <= votes; k++) table[k] = table[k - 1]! + Math.log((a + k - 1) / k)
  return table
}

/** mean_t P_t ln(P_t / mean P) of one outcome, from the samples' ln P_t. */
function outcomeInformation(logP_K: Float64Array): number {
  let mean = 0
  for (const logP of logP_K) mean += Math.exp(logP)
  mean /= logP_K.length
  if (mean === 0) return 0
  const logMean = Math.log(mean)
  let information = 0
  for (const logP of logP_K) if (logP !== -Infinity) information += Math.exp(logP) * (logP - logMean)
  return information / logP_K.length
}

function forEachOutcome(answers: number, votes: number, visit: (votes_A: readonly number[]) => void): void {
  const votes_A = new Array<number>(answers).fill(0)
  const fill = (answer: number, left: number): void => {
    if (answer === answers - 1) {
      votes_A[answer] = left
      visit(votes_A)
      return
    }
    for (let k = 0; k <= left; k++) {
      votes_A[answer] = k
      fill(answer + 1, left - k)
    }
  }
  fill(0, votes)
}

/** The mean of ln P_t(k) - ln mean P(k) over votes k drawn from each sample t: unbiased, and its error is known. */
function estimateByDraws(
  concentration_KA: readonly Numbers[],
  terms: readonly SampleTerms[],
  votes: number,
  random: Random,
  draws: number,
): Estimate {
  const samples = terms.length
  const perSample = Math.max(2, Math.ceil(draws / samples))
  const logP_K = new Float64Array(samples)
  const votes_A = new Array<number>(concentration_KA[0]!.length).fill(0)
  let mutualInformation = 0
  let variance = 0
  concentration_KA.forEach((concentration_A, t) => {
    let first = 0
    let second = 0
    for (let i = 0; i < perSample; i++) {
      drawVotes(random, votes, concentration_A, votes_A)
      let mean = 0
      terms.forEach((sample, s) => (mean += Math.exp((logP_K[s] = sample.logPmf(votes_A))) / samples))
      const value = logP_K[t]! - Math.log(mean)
      first += value
      second += value * value
    }
    const average = first / perSample
    mutualInformation += average / samples
    variance += Math.max(0, second / perSample - average * average) / (perSample - 1) / (samples * samples)
  })
  return { mutualInformation: Math.max(0, mutualInformation), standardError: Math.sqrt(variance) }
}

/** Dirichlet-multinomial votes into `votes_A`, as Pólya's urn: every vote makes its answer likelier by one. Faster than gamma draws up to hundreds of votes. */
function drawVotes(random: Random, votes: number, concentration_A: Numbers, votes_A: number[]): void {
  votes_A.fill(0)
  const total = sum(concentration_A)
  const last = votes_A.length - 1
  for (let drawn = 0; drawn < votes; drawn++) {
    let left = random.next() * (total + drawn)
    let answer = 0
    while (answer < last && (left -= concentration_A[answer]! + votes_A[answer]!) >= 0) answer++
    votes_A[answer]!++
  }
}
