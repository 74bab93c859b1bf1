import { describe, expect, test } from 'vitest'
import { digamma, lgamma } from '@shared/science/stats/special'
import { createRandom } from '@shared/science/stats/random'
import { dirichletMultinomialLoss, plainLoss } from '@main/compute/training/plain-loss'
import { publishedLosses } from './published-losses'

/** Of float64, for losses up to a few hundred nats from lgammas of a few thousand. */
const ROUNDING = 1e-11
/** The gradient is written as float32: relative, and of 1 where it is less, because ours is the difference of two terms of that size. */
const FLOAT32 = 1e-7

type Votes = readonly number[]

/** The formula as it is published: one lgamma, one digamma for each term. */
function published(votes: Votes, concentration: Votes): { loss: number; gradient: number[] } {
  const [N, A] = [votes, concentration].map((values) => values.reduce((sum, value) => sum + value, 0)) as [number, number]
  let loss = -lgamma(A) - lgamma(N + 1) + lgamma(N + A)
  for (const [i, k] of votes.entries()) loss -= lgamma(k + concentration[i]!) - lgamma(concentration[i]!) - lgamma(k + 1)
  return { loss, gradient: votes.map((k, i) => digamma(N + A) - digamma(A) - digamma(k + concentration[i]!) + digamma(concentration[i]!)) }
}

function ours(votes: Votes, concentration: Votes, weight: number | null = null) {
  const row = {
    outputs_A: Float32Array.from(concentration),
    votes_A: Float32Array.from(votes),
    weights_Q: weight === null ? null : Float32Array.of(weight),
  }
  const gradient_A = new Float32Array(votes.length)
  const loss = dirichletMultinomialLoss(row, [{ start: 0, end: votes.length }], gradient_A)
  return { loss, gradient: [...gradient_A], alone: plainLoss('dirichlet-multinomial', row, [{ start: 0, end: votes.length }]) }
}

describe('the plain loss of one question', () => {
  test.each(publishedLosses)('of votes $votes under $concentration is $nll nats', ({ votes, concentration, nll }) => {
    // Concentrations are float32.
    expect(Math.abs(ours(votes, concentration).loss - nll)).toBeLessThan(5e-6)
  })

  // Products up to 64 votes, lgammas beyond, for votes that are not whole, and for concentrations that no head gives.
  test.each([1, 2, 17, 40, 64, 65, 400])('and its gradient are the published ones, up to %i votes', (most) => {
    const random = createRandom(9, 'votes', most)
    for (let trial = 0; trial < 200; trial++) {
      const answers = 1 + random.integer(6)
      const votes = random.multinomial(1 + random.integer(most), new Array<number>(answers).fill(1))
      const concentration = votes.map(() => Math.fround(random.uniform(1, trial < 190 ? 101 : 30_000)))
      const expected = published(votes, concentration)
      const { loss, gradient, alone } = ours(votes, concentration)
      expect(alone).toBe(loss)
      expect(Math.abs(loss - expected.loss)).toBeLessThan(ROUNDING * (trial < 190 ? Math.max(1, expected.loss, most) : 1e4))
      gradient.forEach((value, i) =>
        expect(Math.abs(value - expected.gradient[i]!)).toBeLessThan(FLOAT32 * Math.max(1, Math.abs(expected.gradient[i]!))),
      )
    }
  })

  test('goes on smoothly between whole votes', () => {
    const at = (k: number) => ours([k, 3], [2.5, 4]).loss
    for (const k of [1, 5, 20]) expect(Math.abs(at(k) - (at(k - 1e-3) + at(k + 1e-3)) / 2)).toBeLessThan(1e-5)
  })

  test('and its gradient are multiplied by the weight of the question', () => {
    const [once, thrice] = [ours([4, 0, 2], [3, 5, 9]), ours([4, 0, 2], [3, 5, 9], 3)]
    expect(thrice.loss).toBe(3 * once.loss)
    thrice.gradient.forEach((value, i) => expect(value / once.gradient[i]!).toBeCloseTo(3, 5))
  })

  test('without votes is 0, and has no gradient', () => {
    expect(ours([0, 0], [3, 50])).toEqual({ loss: 0, gradient: [0, 0], alone: 0 })
  })

  test.each([
    { votes: [NaN, 1], concentration: [2, 3] },
    { votes: [1, 1], concentration: [NaN, 3] },
    { votes: [1, 1], concentration: [Infinity, 3] },
  ])('of votes $votes under $concentration is not finite', ({ votes, concentration }) => {
    expect(Number.isFinite(ours(votes, concentration).loss)).toBe(false)
  })
})
