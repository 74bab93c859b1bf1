import type { Random } from '@shared/science/stats/random'

/** Half a word of random bits decides about one value: the rate is met to 1 in 65,536. */
const HALF_WORDS = 2 ** 16
const WORDS_AT_ONCE = 4_096
const words = new Uint32Array(WORDS_AT_ONCE)
const halves = new Uint16Array(words.buffer)

/** A value is kept, and multiplied by `kept`, where its half word of random bits is `threshold` or more: the rate rounded to 1/65,536. */
export function dropoutRule(rate: number): { threshold: number; kept: number } {
  const threshold = Math.round(rate * HALF_WORDS)
  return { threshold, kept: HALF_WORDS / (HALF_WORDS - threshold) }
}

/**
 * Writes a dropout mask to `mask`: 0 with probability `rate` (rounded to 1/65,536), else 1 / (1 - rate), so that each value is 1 on average.
 * From our own generator, because TensorFlow.js's dropout with a seed gives the same mask at every call, and equal samples have no mutual
 * information. One nanosecond a value instead of ten and more with one call of the generator each.
 */
export function fillDropoutMask(mask: Float32Array, rate: number, random: Random): void {
  const { threshold, kept } = dropoutRule(rate)
  for (let start = 0; start < mask.length; start += halves.length) {
    const count = Math.min(halves.length, mask.length - start)
    random.fillBits(count === halves.length ? words : words.subarray(0, Math.ceil(count / 2)))
    // The sign bit of the difference, not a branch: one guessed wrong costs more than the rest.
    for (let i = 0; i < count; i++) mask[start + i] = (1 - ((halves[i]! - threshold) >>> 31)) * kept
  }
}

/** A new mask of `count` values. */
export function dropoutMask(count: number, rate: number, random: Random): Float32Array {
  const mask = new Float32Array(count)
  fillDropoutMask(mask, rate, random)
  return mask
}
