import type { Numbers } from './numbers'

/** x ln x, continued to 0 at x = 0. */
export function xLogX(x: number): number {
  return x === 0 ? 0 : x * Math.log(x)
}

/** Shannon entropy in nats of probabilities that add up to 1; an outcome of probability 0 adds nothing. */
export function entropy(probability: Numbers): number {
  let sum = 0
  for (const p of probability) sum -= xLogX(p)
  return sum
}
