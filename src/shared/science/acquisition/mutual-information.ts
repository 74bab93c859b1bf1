/**
 * [Note: Mutual information] How much the votes on a galaxy would tell about the network's weights (BALD): the entropy of the votes as the
 * mean over dropout samples predicts them, less the mean entropy as each sample predicts them. Nats; 0 when the samples agree, at most
 * ln K for K samples. Computed as the mean divergence of the samples from their mean, which is the same number and cannot be negative
 * by more than rounding.
 */
import type { Numbers } from '../stats/numbers'
import type { Random } from '../stats/random'
import { logChoose } from '../stats/special'
import { drawVotes } from './draw-votes'
import { exactInformation, logRatioToMean, urnTables, type OutcomeTables } from './outcome-tables'

/**
 * Mutual information of `votes` yes-or-no votes and the sample, in nats, from each dropout sample's vote fraction `rho_K` in 0..1. Exactly 0
 * where all samples are the same number.
 * Source: W+20 (arXiv:1905.07424); its public code rounds rho to 3 decimals and puts 1e-12 inside the logarithm, which this does not.
 */
export function binomialMutualInformation(rho_K: Numbers, votes: number): number {
  const chance_KA = new Float64Array(2 * rho_K.length)
  let areEqual = true
  for (let t = 0; t < rho_K.length; t++) {
    chance_KA[2 * t] = rho_K[t]!
    chance_KA[2 * t + 1] = 1 - rho_K[t]!
    areEqual &&= rho_K[t] === rho_K[0]
  }
  return areEqual ? 0 : Math.max(0, exactInformation(urnTables(chance_KA, 2, votes, 0, true)))
}

/** A mutual information in nats and, where it was estimated by draws, its standard error; 0 when exact. */
export type Estimate = { readonly mutualInformation: number; readonly standardError: number }

/** Up to here every outcome is gone through; above, draws stand for them. 6 answers at 40 votes have 1,221,759. */
export const maxExactOutcomes = 1000

/**
 * Mutual information of `votes` votes on one question, jointly over its answers, under each sample's Dirichlet-multinomial; exactly 0 where
 * the samples are the same numbers. `concentration_KA`: one row per sample. Exact up to 1,000 outcomes; else `draws` seeded ones, spread
 * evenly over the samples (a plain Error when `random` is then missing).
 */
export function dirichletMutualInformation(concentration_KA: readonly Numbers[], votes: number, random?: Random, draws = 1000): Estimate {
  const answers = concentration_KA[0]!.length
  const isExact = outcomeCount(answers, votes) <= maxExactOutcomes
  if (!isExact && !random) throw new Error(`${answers} answers and ${votes} votes need draws: pass a random generator`)
  const weight_KA = new Float64Array(concentration_KA.length * answers)
  concentration_KA.forEach((concentration_A, t) => weight_KA.set(concentration_A as ArrayLike<number>, t * answers))
  if (weight_KA.every((weight, i) => weight === weight_KA[i % answers])) return { mutualInformation: 0, standardError: 0 }
  const tables = urnTables(weight_KA, answers, votes, 1, isExact)
  if (isExact) return { mutualInformation: Math.max(0, exactInformation(tables)), standardError: 0 }
  return estimateByDraws(weight_KA, tables, random!, draws)
}

/** The number of ways in which `votes` votes can fall on `answers` answers. */
export function outcomeCount(answers: number, votes: number): number {
  return Math.round(Math.exp(logChoose(votes + answers - 1, answers - 1)))
}

/** The mean of ln P_t(k) - ln mean P(k) over votes k drawn from each sample t: unbiased, and its error is known. */
function estimateByDraws(weight_KA: Float64Array, tables: OutcomeTables, random: Random, draws: number): Estimate {
  const { samples, answers, votes } = tables
  const perSample = Math.max(2, Math.ceil(draws / samples))
  const words = new Uint32Array(2 * votes * perSample)
  const votes_DA = new Int32Array(perSample * answers)
  const work = new Float64Array(samples)
  let mutualInformation = 0
  let variance = 0
  for (let t = 0; t < samples; t++) {
    random.fillBits(words)
    drawVotes(words, weight_KA.subarray(t * answers, (t + 1) * answers), votes, votes_DA)
    let first = 0
    let second = 0
    for (let i = 0; i < perSample; i++) {
      const value = logRatioToMean(tables, votes_DA, i * answers, t, work)
      first += value
      second += value * value
    }
    const average = first / perSample
    mutualInformation += average / samples
    variance += Math.max(0, second / perSample - average * average) / (perSample - 1) / (samples * samples)
  }
  return { mutualInformation: Math.max(0, mutualInformation), standardError: Math.sqrt(variance) }
}
