/** Plain arrays and typed arrays alike. */
export type Numbers = ArrayLike<number> & Iterable<number>

export function sum(values: Numbers): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/** NaN for no values. */
export function mean(values: Numbers): number {
  return sum(values) / values.length
}
