import { drawBinomial, drawDirichlet, drawGamma, drawMultinomial } from './draw'
import type { Numbers } from './numbers'
import { hashSeed, type SeedPart } from './seed'

export { deriveSeed, type SeedPart } from './seed'

/** The whole state of a generator: four unsigned 32-bit words. JSON keeps it; `randomFromState` goes on from it. */
export type RandomState = readonly [number, number, number, number]

/** The only source of randomness. Every draw takes its bits from `bits`, so the state says all about what comes next. */
export type Random = {
  /** 32 random bits, 0 .. 2^32 - 1. */
  bits: () => number
  /** Fills `words` with what `bits` would give, one after the other: ten times as fast where many are wanted. */
  fillBits: (words: Uint32Array) => void
  /** Uniform in [0, 1) with 53 bits. */
  next: () => number
  /** Uniform in [low, high). */
  uniform: (low: number, high: number) => number
  /** A whole number 0 .. count - 1, all equally likely. `count` 1 .. 2^32. */
  integer: (count: number) => number
  /** Normal with this mean and standard deviation (0 and 1 if left out). */
  normal: (mean?: number, standardDeviation?: number) => number
  /** Gamma of this shape > 0 and scale 1. */
  gamma: (shape: number) => number
  /** Beta, a > 0 and b > 0. */
  beta: (a: number, b: number) => number
  /** A point of the simplex, one number per concentration > 0. */
  dirichlet: (concentration_A: Numbers) => Float64Array
  /** How many of `trials` succeed, each with this probability. */
  binomial: (trials: number, probability: number) => number
  /** How `trials` fall on the entries of `weight_A`, which need not add up to 1. */
  multinomial: (trials: number, weight_A: Numbers) => number[]
  /** A shuffled copy; every order is equally likely. */
  shuffle: <T>(items: Iterable<T>) => T[]
  /** `count` different items, in random order. Throws a plain Error when there are fewer. */
  sample: <T>(items: Iterable<T>, count: number) => T[]
  readonly state: RandomState
}

/** A generator for this seed and stream: `createRandom(seed, 'round', 3)`. The same arguments give the same numbers on every machine. */
export function createRandom(seed: number, ...parts: readonly SeedPart[]): Random {
  const [a, b, c, d] = hashSeed(seed, ...parts)
  // All zero is the one state that xoshiro never leaves.
  return randomFromState([a!, b!, c!, (a! | b! | c! | d!) === 0 ? 1 : d!])
}

/** A generator that goes on where another one's `state` was taken. Source: xoshiro128** of Blackman and Vigna (2018, arXiv:1805.01407). */
export function randomFromState(state: RandomState): Random {
  let [a, b, c, d] = state.map((word) => word | 0) as [number, number, number, number]

  const bits = (): number => {
    const product = Math.imul(b, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9)
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 11) | (d >>> 21)
    return result >>> 0
  }
  // The step of `bits` on local variables: those that a closure captures live in memory.
  const fillBits = (words: Uint32Array): void => {
    let [p, q, r, s] = [a, b, c, d]
    for (let i = 0; i < words.length; i++) {
      const product = Math.imul(q, 5)
      words[i] = Math.imul((product << 7) | (product >>> 25), 9)
      const shifted = q << 9
      r ^= p
      s ^= q
      q ^= r
      p ^= s
      r ^= shifted
      s = (s << 11) | (s >>> 21)
    }
    ;[a, b, c, d] = [p, q, r, s]
  }
  const next = (): number => ((bits() >>> 5) * 0x4000000 + (bits() >>> 6)) / 2 ** 53
  const integer = (count: number): number => {
    if (!Number.isInteger(count) || count < 1 || count > 2 ** 32) throw new Error(`cannot draw one of ${count}`)
    // Words above the last whole multiple of `count` would favour small results.
    const limit = 2 ** 32 - (2 ** 32 % count)
    let word = bits()
    while (word >= limit) word = bits()
    return word % count
  }
  // Marsaglia's polar method; the second value it gives is thrown away so that the state is all there is.
  const normal = (mean = 0, standardDeviation = 1): number => {
    for (;;) {
      const x = 2 * next() - 1
      const y = 2 * next() - 1
      const square = x * x + y * y
      if (square > 0 && square < 1) return mean + standardDeviation * x * Math.sqrt((-2 * Math.log(square)) / square)
    }
  }
  const sample = <T>(items: Iterable<T>, count: number): T[] => {
    const pool = [...items]
    if (count > pool.length) throw new Error(`cannot draw ${count} of ${pool.length}`)
    for (let i = 0; i < count; i++) {
      const j = i + integer(pool.length - i)
      ;[pool[i], pool[j]] = [pool[j]!, pool[i]!]
    }
    pool.length = count
    return pool
  }
  const shuffle = <T>(items: Iterable<T>): T[] => {
    const pool = [...items]
    return sample(pool, pool.length)
  }

  const random: Random = {
    bits,
    fillBits,
    next,
    uniform: (low, high) => low + (high - low) * next(),
    integer,
    normal,
    gamma: (shape) => drawGamma(random, shape),
    beta: (first, second) => drawDirichlet(random, [first, second])[0]!,
    dirichlet: (concentration_A) => drawDirichlet(random, concentration_A),
    binomial: (trials, probability) => drawBinomial(random, trials, probability),
    multinomial: (trials, weight_A) => drawMultinomial(random, trials, weight_A),
    shuffle,
    sample,
    get state(): RandomState {
      return [a >>> 0, b >>> 0, c >>> 0, d >>> 0]
    },
  }
  return random
}
