import { describe, expect, it } from 'vitest'
import {
  binomialMutualInformation,
  dirichletMutualInformation,
  maxExactOutcomes,
  outcomeCount,
} from '@shared/science/acquisition/mutual-information'
import { createRandom } from '@shared/science/stats/random'
import { golden, goldenTolerance, reference } from '../reference'

describe('the binomial mutual information', () => {
  it('gives the published checks', () => {
    expect(binomialMutualInformation([0.2, 0.5, 0.8], 40)).toBeCloseTo(1.027884, 7)
    expect(binomialMutualInformation([0.05, 0.95], 40)).toBeCloseTo(Math.LN2, 9)
    expect(binomialMutualInformation([0.45, 0.5, 0.55], 40)).toBeCloseTo(0.1185894, 7)
    expect(binomialMutualInformation([0.2, 0.5, 0.8], 10)).toBeCloseTo(0.6385894, 7)
    expect(binomialMutualInformation([0.2, 0.5, 0.8], 1)).toBeCloseTo(0.1284965, 7)
  })

  it('is zero where the samples agree, at 0 and 1 too', () => {
    for (const rho of [0, 0.5, 1]) expect(binomialMutualInformation(new Array<number>(15).fill(rho), 40)).toBeLessThan(1e-14)
  })

  it('is ln K for K samples that exclude each other, and never more', () => {
    expect(binomialMutualInformation([0, 1], 1)).toBeCloseTo(Math.LN2, 15)
    const random = createRandom(1)
    for (let i = 0; i < 200; i++) {
      const rho_K = Float64Array.from({ length: 5 }, random.next)
      const [few, many] = [binomialMutualInformation(rho_K, 5), binomialMutualInformation(rho_K, 40)]
      expect(few).toBeGreaterThan(0)
      // More votes cannot tell less.
      expect(many).toBeGreaterThan(few)
      expect(many).toBeLessThanOrEqual(Math.log(5))
    }
  })

  it('is no number where a prediction is none', () => {
    expect(binomialMutualInformation([NaN, 0.3], 40)).toBeNaN()
    expect(binomialMutualInformation([NaN, NaN], 1)).toBeNaN()
    expect(
      dirichletMutualInformation(
        [
          [NaN, 2],
          [NaN, 3],
        ],
        3,
      ).mutualInformation,
    ).toBeNaN()
  })

  it('agrees with scipy', () => {
    for (const { rho, votes, mutualInformation } of reference.binomialMutualInformation) {
      expect(binomialMutualInformation(rho, votes)).toBeCloseTo(mutualInformation, 12)
    }
  })

  it.skipIf(!golden)('agrees with the golden values', () => {
    for (const { samples, N, mi } of golden!.mutual_info)
      expect(Math.abs(binomialMutualInformation(samples, N) - mi)).toBeLessThan(goldenTolerance)
  })
})

describe('the Dirichlet-multinomial mutual information', () => {
  it('agrees with scipy, jointly over the answers', () => {
    for (const { concentrations, votes, outcomes, mutualInformation } of reference.dirichletMutualInformation) {
      expect(outcomeCount(concentrations[0]!.length, votes)).toBe(outcomes)
      if (outcomes > maxExactOutcomes) continue
      const estimate = dirichletMutualInformation(concentrations, votes)
      expect(estimate.mutualInformation).toBeCloseTo(mutualInformation, 11)
      expect(estimate.standardError).toBe(0)
    }
  })

  it('comes to the binomial one where concentrations are so large that they fix the fraction', () => {
    const rho_K = [0.2, 0.5, 0.8]
    const concentration_KA = rho_K.map((rho) => [rho * 1e9, (1 - rho) * 1e9])
    expect(dirichletMutualInformation(concentration_KA, 40).mutualInformation).toBeCloseTo(binomialMutualInformation(rho_K, 40), 6)
  })

  it('is about half of what the beta-binomial marginals of three answers add up to', () => {
    const concentration_KA = [
      [60, 20, 20],
      [20, 60, 20],
      [20, 20, 60],
    ]
    const joint = dirichletMutualInformation(concentration_KA, 20).mutualInformation
    const marginals = [0, 1, 2].map(
      (i) =>
        dirichletMutualInformation(
          concentration_KA.map((row) => [row[i]!, 100 - row[i]!]),
          20,
        ).mutualInformation,
    )
    const ratio = marginals.reduce((sum, value) => sum + value) / joint
    expect(ratio).toBeGreaterThan(1.3)
    expect(ratio).toBeLessThan(2.5)
  })

  it('counts 1,221,759 outcomes of 6 answers at 40 votes', () => {
    expect(outcomeCount(6, 40)).toBe(1_221_759)
    expect(outcomeCount(2, 999)).toBe(maxExactOutcomes)
  })

  it('is estimated by draws above 1,000 outcomes, within its error of the exact value', () => {
    const { concentrations, votes, mutualInformation } = reference.dirichletMutualInformation.at(-1)!
    expect(outcomeCount(3, votes)).toBeGreaterThan(maxExactOutcomes)
    const estimate = dirichletMutualInformation(concentrations, votes, createRandom(5), 20_000)
    expect(estimate.standardError).toBeGreaterThan(0)
    expect(estimate.standardError).toBeLessThan(0.01)
    expect(Math.abs(estimate.mutualInformation - mutualInformation)).toBeLessThan(4 * estimate.standardError)
  })

  it('gives the same estimate for the same stream, and asks for one', () => {
    const concentration_KA = [
      [3, 50, 2, 1, 1, 100],
      [9, 5, 20, 1, 4, 10],
    ]
    const at = (seed: number) => dirichletMutualInformation(concentration_KA, 40, createRandom(seed)).mutualInformation
    expect(at(1)).toBe(at(1))
    expect(at(1)).not.toBe(at(2))
    expect(() => dirichletMutualInformation(concentration_KA, 40)).toThrow('random generator')
  })
})
