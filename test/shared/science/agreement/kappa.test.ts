import { describe, expect, test } from 'vitest'
import { cohenKappa, fleissKappa } from '@shared/science/agreement/kappa'
import { createRandom } from '@shared/science/stats/random'
import reference from '../../../reference/kappa.json'

describe("Cohen's kappa", () => {
  test.each(reference.cohen)('of table $table is that of statsmodels, with its standard error', ({ table, kappa, std }) => {
    const found = cohenKappa(table)
    expect(found.kappa).toBeCloseTo(kappa, 12)
    expect(found.high).toBeCloseTo(Math.min(1, kappa + 1.959963984540054 * std), 12)
    expect(found.low).toBeCloseTo(Math.max(-1, kappa - 1.959963984540054 * std), 12)
  })
  test('has no interval of fewer than twenty galaxies', () => {
    const few = [
      [9, 0],
      [0, 10],
    ]
    expect(cohenKappa(few)).toEqual({ kappa: 1, low: null, high: null, agreement: 1, n: 19 })
  })
  test('is unknown where both always say the same, and where there is nothing to compare', () => {
    const one = [
      [7, 0],
      [0, 0],
    ]
    expect(cohenKappa(one)).toEqual({ kappa: null, low: null, high: null, agreement: 1, n: 7 })
    expect(cohenKappa([[0]])).toMatchObject({ kappa: null, n: 0 })
  })
})

describe("Fleiss' kappa", () => {
  test.each(reference.fleiss)('is that of statsmodels, inside its interval', ({ counts, kappa }) => {
    const found = fleissKappa(counts, createRandom(1, 'kappa'))
    expect(found.kappa).toBeCloseTo(kappa, 12)
    expect(found.n).toBe(40)
    expect(found.low!).toBeLessThan(kappa)
    expect(found.high!).toBeGreaterThan(kappa)
  })
  test('leaves out galaxies that one annotator saw', () => {
    const { counts, kappa } = reference.fleiss[0]!
    const lonely = [...counts, [1, 0], [0, 0]]
    expect(fleissKappa(lonely, createRandom(1, 'kappa')).kappa).toBeCloseTo(kappa, 12)
  })
  test('covers the truth of simulated annotators in about 95 of 100 surveys', () => {
    // Two answers; an annotator gives the galaxy's own with probability 0.85. Expected: kappa = (2 * 0.85 - 1)^2 = 0.49.
    const random = createRandom(2, 'annotators')
    const survey = () =>
      Array.from({ length: 80 }, () => {
        const own = random.integer(2)
        const ones = Array.from({ length: 3 }, () => (random.next() < 0.85 ? own : 1 - own)).reduce((sum, answer) => sum + answer, 0)
        return [3 - ones, ones]
      })
    const covered = Array.from({ length: 200 }, () => fleissKappa(survey(), random, 200)).filter(
      ({ low, high }) => low! <= 0.49 && 0.49 <= high!,
    )
    expect(covered.length).toBeGreaterThan(178)
  })
})
