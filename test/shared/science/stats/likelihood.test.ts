import { describe, expect, it } from 'vitest'
import { binomialLogPmf, binomialLoss, binomialLossW20 } from '@shared/science/stats/binomial'
import {
  fractionInterval,
  logPmf,
  marginalBeta,
  meanFractions,
  negativeLogLikelihood,
  negativeLogLikelihoodGradient,
  voteCovariance,
} from '@shared/science/stats/dirichlet-multinomial'
import { createRandom } from '@shared/science/stats/random'
import { golden, goldenTolerance, reference, relativeError } from '../reference'

describe('the Dirichlet-multinomial', () => {
  it('gives the published checks', () => {
    const check = (votes: number[], concentrations: number[], expected: number) =>
      expect(negativeLogLikelihood(votes, concentrations)).toBeCloseTo(expected, 7)
    check([3, 1, 1], [2, 1, 1], 2.6390573)
    check([0, 5], [1, 1], Math.log(6))
    check([30, 8, 2], [12.5, 4.2, 1.1], 4.3404477)
    check([5, 0], [101, 1], 0.0483186)
    check([10, 20, 5, 3, 2, 0], [3.3, 50.1, 2.2, 1, 1, 101], 50.8362573)
  })

  it('agrees with scipy: log probability, mean, covariance', () => {
    for (const { votes, concentrations, logPmf: expected, mean, covariance } of reference.dirichletMultinomial) {
      expect(relativeError(logPmf(votes, concentrations), expected)).toBeLessThan(1e-11)
      const total = votes.reduce((sum, count) => sum + count)
      meanFractions(concentrations).forEach((fraction, i) => expect(relativeError(fraction * total, mean[i]!)).toBeLessThan(1e-12))
      voteCovariance(total, concentrations).forEach((row, i) =>
        row.forEach((value, j) => expect(relativeError(value, covariance[i]![j]!)).toBeLessThan(1e-11)),
      )
    }
  })

  it('gives ln(N + 1) for every split of N votes when both concentrations are 1', () => {
    for (const k of [0, 3, 17, 40]) expect(negativeLogLikelihood([k, 40 - k], [1, 1])).toBeCloseTo(Math.log(41), 12)
  })

  it('does not depend on the sum of concentrations for one vote', () => {
    for (const scale of [1, 2, 10]) expect(negativeLogLikelihood([0, 1, 0], [2 * scale, 3 * scale, 5 * scale])).toBeCloseTo(1.203973, 6)
  })

  it('gives zero loss and zero gradient for no votes', () => {
    expect(negativeLogLikelihood([0, 0, 0], [3, 50, 101])).toBe(0)
    expect([...negativeLogLikelihoodGradient([0, 0, 0], [3, 50, 101])]).toEqual([0, 0, 0])
  })

  it('adds up to 1 over all outcomes', () => {
    let total = 0
    for (let i = 0; i <= 12; i++) for (let j = 0; i + j <= 12; j++) total += Math.exp(logPmf([i, j, 12 - i - j], [1.5, 7, 0.4]))
    expect(total).toBeCloseTo(1, 12)
  })

  it('has the gradient of its finite differences', () => {
    const votes = [3, 17, 0, 20]
    const concentrations = [2.5, 40, 1.01, 99]
    const step = 1e-5
    negativeLogLikelihoodGradient(votes, concentrations).forEach((slope, i) => {
      const at = (shift: number) =>
        negativeLogLikelihood(
          votes,
          concentrations.map((value, j) => value + (i === j ? shift : 0)),
        )
      expect(slope).toBeCloseTo((at(step) - at(-step)) / (2 * step), 8)
    })
  })

  it('has beta marginals whose mean is the mean fraction', () => {
    const { a, b } = marginalBeta([2, 3, 5], 1)
    expect([a, b]).toEqual([3, 7])
    expect(a / (a + b)).toBeCloseTo(meanFractions([2, 3, 5])[1]!, 15)
  })

  it('has intervals that hold their share of draws from the mixture', () => {
    const random = createRandom(4, 'interval')
    const concentration_KA = Array.from({ length: 5 }, () => [1 + 20 * random.next(), 1 + 20 * random.next(), 1 + 20 * random.next()])
    const { low, high } = fractionInterval(concentration_KA, 0)
    const draws = 20_000
    let inside = 0
    for (let i = 0; i < draws; i++) {
      const fraction = random.dirichlet(concentration_KA[i % 5]!)[0]!
      if (fraction > low && fraction < high) inside++
    }
    // Four standard errors of a share of 0.9.
    expect(Math.abs(inside / draws - 0.9)).toBeLessThan(4 * Math.sqrt(0.09 / draws))
  })

  it.skipIf(!golden)('agrees with the golden values', () => {
    for (const { k, alpha, nll } of golden!.dirichlet_multinomial_nll)
      expect(Math.abs(negativeLogLikelihood(k, alpha) - nll)).toBeLessThan(goldenTolerance)
  })
})

describe('the binomial', () => {
  it('adds up to 1 and knows what cannot happen', () => {
    let total = 0
    for (let k = 0; k <= 40; k++) total += Math.exp(binomialLogPmf(k, 40, 0.37))
    expect(total).toBeCloseTo(1, 12)
    expect(binomialLogPmf(40, 40, 1)).toBe(0)
    expect(binomialLogPmf(3, 40, 0)).toBe(-Infinity)
  })

  it('has the loss of W+20, whose epsilon hardly matters inside 0..1', () => {
    expect(binomialLossW20(20, 40, 0.5)).toBeCloseTo(27.725886, 6)
    expect(binomialLossW20(12, 40, 0.3)).toBeCloseTo(binomialLoss(12, 40, 0.3), 5)
    expect(binomialLoss(40, 40, 1)).toBe(0)
    expect(binomialLoss(40, 40, 0)).toBe(Infinity)
    expect(binomialLossW20(40, 40, 0)).toBeCloseTo(736.82723, 5)
  })

  it.skipIf(!golden)('agrees with the golden values', () => {
    for (const { k, N, rho, loss } of golden!.binomial_loss)
      expect(Math.abs(binomialLossW20(k, N, rho) - loss)).toBeLessThan(goldenTolerance)
  })
})
