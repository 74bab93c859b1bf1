import { describe, expect, it } from 'vitest'
import { betaCdf, betaMixtureQuantile } from '@shared/science/stats/beta'
import { entropy } from '@shared/science/stats/entropy'
import {
  digamma,
  digammaDifference,
  lgamma,
  lgammaDifference,
  logBeta,
  logChoose,
  logFactorial,
  logSumExp,
} from '@shared/science/stats/special'
import { reference, relativeError } from '../reference'

/** What the issue asks of float64. */
const tolerance = 1e-12

describe('log-gamma and digamma', () => {
  it('agree with mpmath to 1e-12 relative from 1e-12 to 1e15, also beside their zeros', () => {
    for (const { x, lgamma: expected } of reference.special)
      expect(relativeError(lgamma(x), expected), `lgamma(${x})`).toBeLessThan(tolerance)
    for (const { x, digamma: expected } of reference.special)
      expect(relativeError(digamma(x), expected), `digamma(${x})`).toBeLessThan(tolerance)
  })

  it('satisfy their recurrences across the changes of method', () => {
    for (let x = 0.05; x < 14; x += 0.05) {
      expect(Math.abs(lgamma(x + 1) - lgamma(x) - Math.log(x)), `x ${x}`).toBeLessThan(1e-13 * (1 + lgamma(x + 1)))
      expect(Math.abs(digamma(x + 1) - digamma(x) - 1 / x), `x ${x}`).toBeLessThan(1e-13 * (1 + 1 / x))
    }
  })

  it('are exactly 0 at the zeros of log-gamma, and NaN where they are not defined', () => {
    expect(lgamma(1)).toBe(0)
    expect(lgamma(2)).toBe(0)
    for (const x of [0, -0.5, NaN]) expect([lgamma(x), digamma(x)]).toEqual([NaN, NaN])
  })

  it('give differences that agree with mpmath to 1e-12 where the two terms cancel', () => {
    for (const { a, k, lgamma: expected } of reference.differences) {
      expect(relativeError(lgammaDifference(a, k), expected), `a ${a} k ${k}`).toBeLessThan(tolerance)
    }
    for (const { a, k, digamma: expected } of reference.differences) {
      if (Number.isInteger(k)) expect(relativeError(digammaDifference(a, k), expected), `a ${a} k ${k}`).toBeLessThan(tolerance)
    }
  })

  it('give ln n! and ln of binomial coefficients', () => {
    expect(logFactorial(0)).toBe(0)
    expect(logFactorial(10)).toBeCloseTo(Math.log(3628800), 14)
    expect(relativeError(logFactorial(171), logFactorial(170) + Math.log(171))).toBeLessThan(tolerance)
    expect(logChoose(40, 3)).toBeCloseTo(Math.log(9880), 13)
    expect(logBeta(3, 4)).toBeCloseTo(-Math.log(60), 14)
  })
})

describe('logSumExp', () => {
  it('neither overflows nor underflows', () => {
    expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.LN2, 12)
    expect(logSumExp([-1000, -1000])).toBeCloseTo(-1000 + Math.LN2, 12)
    expect(logSumExp([])).toBe(-Infinity)
    expect(logSumExp([-Infinity, 0])).toBe(0)
  })
})

describe('entropy', () => {
  it('is ln n for n equal outcomes and 0 for a certain one', () => {
    expect(entropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4), 15)
    expect(entropy([0, 1, 0])).toBe(0)
  })
})

describe('the beta distribution', () => {
  it('agrees with mpmath', () => {
    for (const { x, a, b, cdf } of reference.beta.cdf)
      expect(relativeError(betaCdf(x, a, b), cdf), `I_${x}(${a}, ${b})`).toBeLessThan(1e-11)
  })

  it('is uniform for a = b = 1 and mirrors x and 1 - x', () => {
    expect(betaCdf(0.3, 1, 1)).toBeCloseTo(0.3, 15)
    expect(betaCdf(0.3, 2.5, 7) + betaCdf(0.7, 7, 2.5)).toBeCloseTo(1, 14)
    expect([betaCdf(0, 2, 3), betaCdf(1, 2, 3)]).toEqual([0, 1])
  })

  it('has mixture quantiles that agree with scipy', () => {
    for (const { a, b, probability, x } of reference.beta.quantiles) expect(betaMixtureQuantile(probability, a, b)).toBeCloseTo(x, 11)
  })

  it('has the quantiles of a uniform variable, also far out', () => {
    for (const p of [1e-6, 0.05, 0.5, 0.999999]) expect(betaMixtureQuantile(p, [1], [1])).toBeCloseTo(p, 12)
  })

  it('finds a quantile between two far components', () => {
    const [a, b] = [
      [500, 2],
      [2, 500],
    ]
    const x = betaMixtureQuantile(0.5, a!, b!)
    expect((betaCdf(x, 500, 2) + betaCdf(x, 2, 500)) / 2).toBeCloseTo(0.5, 10)
  })
})
