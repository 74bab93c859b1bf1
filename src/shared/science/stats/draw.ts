/** Draws from distributions, behind the methods of `Random`. */
import { sum, type Numbers } from './numbers'
import type { Random } from './random'

/** Gamma of scale 1. Source: Marsaglia and Tsang (2000), "A simple method for generating gamma variables". */
export function drawGamma(random: Random, shape: number): number {
  return Math.exp(drawLogGamma(random, shape))
}

/** The log of a gamma draw: a shape near 0 gives values far below what a float64 can hold. */
function drawLogGamma(random: Random, shape: number): number {
  if (!(shape > 0) || !Number.isFinite(shape)) throw new Error(`a gamma distribution has a shape above 0, not ${shape}`)
  if (shape < 1) return drawLogGamma(random, shape + 1) + Math.log1p(-random.next()) / shape
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = random.normal()
    const v = (1 + c * x) ** 3
    if (v <= 0) continue
    if (Math.log1p(-random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v)
  }
}

/** Dirichlet: gammas divided by their sum, in logs. */
export function drawDirichlet(random: Random, concentration_A: Numbers): Float64Array {
  const log_A = Float64Array.from(concentration_A, (concentration) => drawLogGamma(random, concentration))
  const largest = log_A.reduce((max, log) => Math.max(max, log))
  const weight_A = log_A.map((log) => Math.exp(log - largest))
  const total = sum(weight_A)
  return weight_A.map((weight) => weight / total)
}

/**
 * Binomial, exactly, in O(log trials). While there are many trials, the middle one of their uniform numbers is drawn (a beta variable)
 * and says on which side of it the threshold lies. Source: Devroye, Non-Uniform Random Variate Generation (1986), X.4.3.
 */
export function drawBinomial(random: Random, trials: number, probability: number): number {
  if (!Number.isInteger(trials) || trials < 0) throw new Error(`a binomial distribution has a whole number of trials, not ${trials}`)
  if (!(probability >= 0 && probability <= 1)) throw new Error(`a probability is in 0..1, not ${probability}`)
  let successes = 0
  let left = trials
  let p = probability
  while (left > 32 && p > 0 && p < 1) {
    const middle = 1 + Math.floor(left / 2)
    const value = random.beta(middle, left + 1 - middle)
    if (value > p) {
      left = middle - 1
      p = Math.min(1, p / value)
    } else {
      successes += middle
      left -= middle
      p = Math.min(1, Math.max(0, (p - value) / (1 - value)))
    }
  }
  for (let i = 0; i < left; i++) if (random.next() < p) successes++
  return successes
}

/** Multinomial: one binomial after another on what is left. */
export function drawMultinomial(random: Random, trials: number, weight_A: Numbers): number[] {
  let weightLeft = sum(weight_A)
  if (!(weightLeft > 0)) throw new Error(`weights must have a positive sum, not ${weightLeft}`)
  let left = trials
  const last = Array.from(weight_A).findLastIndex((weight) => weight > 0)
  return Array.from(weight_A, (weight, i) => {
    // The last positive weight takes the rest: by then rounding has left weightLeft a little off.
    const count = i === last ? left : left === 0 ? 0 : drawBinomial(random, left, Math.min(1, weight / weightLeft))
    left -= count
    weightLeft -= weight
    return count
  })
}
