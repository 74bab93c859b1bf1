import type { Random } from '@shared/science/stats/random'

/**
 * A dropout mask of `count` values: 0 with probability `rate`, else 1 / (1 - rate). From our own generator, because TensorFlow.js's dropout
 * with a seed gives the same mask at every call, and equal samples have no mutual information.
 */
export function dropoutMask(count: number, rate: number, random: Random): Float32Array {
  const mask = new Float32Array(count)
  const kept = 1 / (1 - rate)
  const threshold = rate * 2 ** 32
  for (let i = 0; i < count; i++) if (random.bits() >= threshold) mask[i] = kept
  return mask
}
