import { describe, expect, it } from 'vitest'
import { drawVotes } from '@shared/science/acquisition/draw-votes'
import { binomialMutualInformation, dirichletMutualInformation } from '@shared/science/acquisition/mutual-information'
import { exactInformation, logRatioToMean, urnTables } from '@shared/science/acquisition/outcome-tables'
import { binomialLogPmf } from '@shared/science/stats/binomial'
import { logPmf } from '@shared/science/stats/dirichlet-multinomial'
import { createRandom } from '@shared/science/stats/random'

/** The definition: mean_t Σ P_t (ln P_t - ln mean P), from the log-probabilities of every outcome [outcome][sample]. */
function byDefinition(logP_OK: readonly (readonly number[])[]): number {
  return logP_OK.reduce((sum, logP_K) => {
    const mean = logP_K.reduce((total, logP) => total + Math.exp(logP), 0) / logP_K.length
    const terms = logP_K.map((logP) => (logP === -Infinity || mean === 0 ? 0 : Math.exp(logP) * (logP - Math.log(mean))))
    return sum + terms.reduce((total, term) => total + term, 0) / logP_K.length
  }, 0)
}

const random = createRandom(2)
const weightsOf = (samples: number, answers: number, size: number) =>
  Float64Array.from({ length: samples * answers }, () => size * (0.01 + random.next() ** 3))

describe('tables of an urn', () => {
  it('give the Dirichlet-multinomial mutual information by the definition, from tiny concentrations to huge ones', () => {
    for (const [answers, votes] of [
      [2, 1],
      [2, 40],
      [3, 7],
      [4, 6],
      [6, 3],
    ] as const) {
      for (const size of [1e-3, 1, 100, 1e6]) {
        const weight_KA = weightsOf(4, answers, size)
        const rows = Array.from({ length: 4 }, (_, t) => weight_KA.slice(t * answers, (t + 1) * answers))
        const expected = byDefinition(outcomes(answers, votes).map((votes_A) => rows.map((weight_A) => logPmf(votes_A, weight_A))))
        expect(exactInformation(urnTables(weight_KA, answers, votes, 1, true))).toBeCloseTo(expected, 10)
      }
    }
  })

  it('give the binomial one for any number of votes, also where the probability of an outcome is beyond float64', () => {
    for (const votes of [1, 40, 400, 1000, 1001, 5000]) {
      const rho_K = [0, 1e-12, 0.02, 0.3, 0.31, 1]
      const logP_OK = Array.from({ length: votes + 1 }, (_, k) => rho_K.map((rho) => binomialLogPmf(k, votes, rho)))
      expect(binomialMutualInformation(rho_K, votes), `${votes} votes`).toBeCloseTo(byDefinition(logP_OK), 8)
    }
  })

  it('give exactly 0 where the samples are the same numbers', () => {
    expect(binomialMutualInformation([0.3, 0.3, 0.3], 40)).toBe(0)
    const same = Array.from({ length: 20 }, () => Float32Array.of(3.3, 50.1, 2.2, 1, 7))
    expect(dirichletMutualInformation(same.slice(0, 7), 3).mutualInformation).toBe(0)
    expect(dirichletMutualInformation(same, 40, createRandom(1))).toEqual({ mutualInformation: 0, standardError: 0 })
  })

  it('give the log-probability of a draw less that of the mean, by factors and by logarithms', () => {
    for (const votes of [40, 2_000]) {
      const weight_KA = weightsOf(5, 4, 50)
      const votes_DA = Int32Array.of(0, 0, 0, 0, votes - 9, 4, 5, 0)
      const logP_K = Array.from({ length: 5 }, (_, t) => logPmf(votes_DA.subarray(4), weight_KA.subarray(4 * t, 4 * t + 4)))
      const largest = Math.max(...logP_K)
      const logMean = largest + Math.log(logP_K.reduce((sum, logP) => sum + Math.exp(logP - largest), 0) / 5)
      const found = logRatioToMean(urnTables(weight_KA, 4, votes, 1, false), votes_DA, 4, 2, new Float64Array(5))
      expect(found).toBeCloseTo(logP_K[2]! - logMean, 8)
    }
  })
})

describe('votes drawn from an urn', () => {
  it('are those that one uniform number after the other gives, for odd and even numbers of draws', () => {
    for (const draws of [1, 2, 7]) {
      const weight_A = weightsOf(1, 5, 20)
      const votes = 23
      const words = new Uint32Array(2 * votes * draws)
      createRandom(4).fillBits(words)
      const votes_DA = new Int32Array(5 * draws).fill(99)
      drawVotes(words, weight_A, votes, votes_DA)
      const source = createRandom(4)
      const total = weight_A.reduce((sum, weight) => sum + weight, 0)
      for (let draw = 0; draw < draws; draw++) {
        const votes_A = new Array<number>(5).fill(0)
        for (let drawn = 0; drawn < votes; drawn++) {
          let left = source.next() * (total + drawn)
          let answer = 0
          while (answer < 4 && (left -= weight_A[answer]! + votes_A[answer]!) >= 0) answer++
          votes_A[answer]!++
        }
        expect(Array.from(votes_DA.subarray(5 * draw, 5 * draw + 5))).toEqual(votes_A)
      }
    }
  })
})

function outcomes(answers: number, votes: number): number[][] {
  if (answers === 1) return [[votes]]
  return Array.from({ length: votes + 1 }, (_, k) => outcomes(answers - 1, votes - k).map((rest) => [k, ...rest])).flat()
}
