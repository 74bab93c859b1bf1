import { describe, expect, it } from 'vitest'
import { createRandom, deriveSeed, randomFromState } from '@shared/science/stats/random'
import { reference } from '../reference'

/** Draws must lie within this many standard errors of what theory says; seeds are fixed, so a pass stays a pass. */
const standardErrors = 4

function moments(draw: () => number, count: number) {
  const values = Array.from({ length: count }, draw)
  const mean = values.reduce((sum, value) => sum + value) / count
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  return { values, mean, variance, error: Math.sqrt(variance / count) }
}

describe('the generator', () => {
  it('gives the words of xoshiro128**', () => {
    for (const { state, bits } of reference.xoshiro) {
      const random = randomFromState(state)
      expect(bits.map(() => random.bits())).toEqual(bits)
    }
  })

  it('gives the same words many at a time, and goes on after them', () => {
    const [one, many] = [createRandom(3), createRandom(3)]
    const words = new Uint32Array(1000)
    many.fillBits(words)
    expect(Array.from(words)).toEqual(Array.from({ length: 1000 }, () => one.bits()))
    expect(many.state).toEqual(one.state)
  })

  it('goes on from its state, through JSON, in the middle of any draw', () => {
    const random = createRandom(7, 'training', 3)
    random.normal()
    random.gamma(2.5)
    const copy = randomFromState(JSON.parse(JSON.stringify(random.state)))
    const draw = (source: typeof random) => [
      source.next(),
      source.normal(),
      source.binomial(100, 0.3),
      source.beta(2, 3),
      ...source.shuffle([1, 2, 3, 4]),
    ]
    expect(draw(copy)).toEqual(draw(random))
  })

  it('gives the same stream for the same arguments and another for any other', () => {
    const first = (...args: Parameters<typeof createRandom>) => createRandom(...args).next()
    expect(first(1, 'views', 12)).toBe(first(1, 'views', 12))
    const streams = [
      first(1),
      first(2),
      first(1, 'a'),
      first(1, 'b'),
      first(1, 'a', 'b'),
      first(1, 'ab'),
      first(1, 1),
      first(1, '1'),
      first(11),
    ]
    expect(new Set(streams).size).toBe(streams.length)
  })

  it('derives seeds that are safe whole numbers and do not meet in 100,000 galaxies', () => {
    const seeds = Array.from({ length: 100_000 }, (_, galaxy) => deriveSeed(1, 'views', galaxy))
    expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true)
    expect(new Set(seeds).size).toBe(seeds.length)
    // Neighbouring keys must not give neighbouring streams.
    const { mean, variance } = moments(() => createRandom(1, 'views', seeds.pop()!).next(), 20_000)
    expect(Math.abs(mean - 0.5)).toBeLessThan(standardErrors * Math.sqrt(1 / 12 / 20_000))
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(standardErrors * Math.sqrt(1 / 180 / 20_000))
  })
})

describe('draws', () => {
  it('have the mean and variance of their distribution', () => {
    const random = createRandom(2, 'moments')
    const count = 40_000
    const cases: [string, () => number, number, number][] = [
      ['uniform', () => random.uniform(-1, 3), 1, 16 / 12],
      ['normal', () => random.normal(5, 2), 5, 4],
      ['gamma 0.3', () => random.gamma(0.3), 0.3, 0.3],
      ['gamma 7', () => random.gamma(7), 7, 7],
      ['beta', () => random.beta(2, 6), 0.25, 12 / (64 * 9)],
      ['binomial few', () => random.binomial(10, 0.3), 3, 2.1],
      ['binomial many', () => random.binomial(1000, 0.97), 970, 29.1],
      ['dirichlet', () => random.dirichlet([1, 3, 6])[1]!, 0.3, 0.21 / 11],
      ['multinomial', () => random.multinomial(40, [3, 1, 0, 4])[0]!, 15, (40 * 15) / 64],
      ['integer', () => random.integer(6), 2.5, 35 / 12],
    ]
    for (const [name, draw, mean, variance] of cases) {
      const seen = moments(draw, count)
      expect(Math.abs(seen.mean - mean), name).toBeLessThan(standardErrors * seen.error)
      expect(seen.variance / variance, name).toBeGreaterThan(0.93)
      expect(seen.variance / variance, name).toBeLessThan(1.07)
    }
  })

  it('of a binomial of many trials follow its probabilities, not only its moments', () => {
    const random = createRandom(9, 'binomial')
    const draws = 20_000
    const seen = new Array<number>(51).fill(0)
    for (let i = 0; i < draws; i++) seen[random.binomial(50, 0.1)]!++
    let probability = 0.9 ** 50
    for (let k = 0; k <= 12; k++) {
      expect(Math.abs(seen[k]! - draws * probability), `k ${k}`).toBeLessThan(standardErrors * Math.sqrt(draws * probability))
      probability *= ((50 - k) / (k + 1)) * (0.1 / 0.9)
    }
  })

  it('keep their bounds at the edges', () => {
    const random = createRandom(3)
    expect([random.binomial(0, 0.5), random.binomial(500, 0), random.binomial(500, 1)]).toEqual([0, 0, 500])
    expect(random.multinomial(100, [0, 5, 0])).toEqual([0, 100, 0])
    const tiny = random.dirichlet([1e-4, 1e-4, 1e-4])
    expect(tiny.every(Number.isFinite)).toBe(true)
    expect(tiny.reduce((sum, value) => sum + value)).toBeCloseTo(1, 14)
    expect(() => random.integer(0)).toThrow('cannot draw one of 0')
    expect(() => random.gamma(0)).toThrow('shape')
    expect(() => random.binomial(3, NaN)).toThrow('probability')
    expect(() => random.multinomial(3, [0, 0])).toThrow('weights')
  })

  it('sample without replacement, each item equally often, and shuffle without loss', () => {
    const random = createRandom(5)
    const items = ['a', 'b', 'c', 'd', 'e']
    expect([...random.shuffle(items)].sort()).toEqual(items)
    expect(items).toEqual(['a', 'b', 'c', 'd', 'e'])
    const draws = 10_000
    const seen = new Map(items.map((item) => [item, 0]))
    for (let i = 0; i < draws; i++) {
      const picked = random.sample(items, 2)
      expect(new Set(picked).size).toBe(2)
      for (const item of picked) seen.set(item, seen.get(item)! + 1)
    }
    for (const count of seen.values()) expect(Math.abs(count - 0.4 * draws)).toBeLessThan(standardErrors * Math.sqrt(0.24 * draws))
    expect(() => random.sample(items, 6)).toThrow('cannot draw 6 of 5')
  })
})
