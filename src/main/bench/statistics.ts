import { quantile } from '@shared/science/stats/quantile'

/** NaN for no values. */
export const median = (values: readonly number[]) => quantileOf(values, 0.5)

/** The interquartile range over the median: how far the middle half of the repeats lies apart. 0 for one value. */
export function relativeSpread(values: readonly number[]): number {
  const middle = median(values)
  return middle === 0 ? 0 : (quantileOf(values, 0.75) - quantileOf(values, 0.25)) / middle
}

/** What nineteen of twenty values do not exceed. NaN for no values. */
export const percentile95 = (values: readonly number[]) => quantileOf(values, 0.95)

function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted.length === 0 ? NaN : quantile(sorted, share)
}
