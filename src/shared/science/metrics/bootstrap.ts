import { quantile } from '../stats/quantile'
import type { Random } from '../stats/random'

/** The ratio of two RMSEs on the same galaxies, and the interval that holds it with the level that was asked for. */
export type RatioInterval = { readonly ratio: number; readonly low: number; readonly high: number }

/**
 * RMSE of a model over the RMSE of a reference, each from its errors on the same galaxies in the same order, with the percentile interval of
 * a paired bootstrap: every resample draws galaxies, so both see the same ones. Below 1 the model is better. Needs two galaxies or more.
 */
export function bootstrapRmseRatio(
  error_N: readonly number[],
  referenceError_N: readonly number[],
  random: Random,
  { repeats = 2000, level = 0.95 } = {},
): RatioInterval {
  const count = error_N.length
  if (count < 2 || referenceError_N.length !== count)
    throw new Error(`a paired bootstrap of ${count} and ${referenceError_N.length} errors`)
  const square_N = Float64Array.from(error_N, (error) => error * error)
  const referenceSquare_N = Float64Array.from(referenceError_N, (error) => error * error)
  const ratios = Float64Array.from({ length: repeats }, () => {
    let sum = 0
    let referenceSum = 0
    for (let i = 0; i < count; i++) {
      const drawn = random.integer(count)
      sum += square_N[drawn]!
      referenceSum += referenceSquare_N[drawn]!
    }
    return Math.sqrt(sum / referenceSum)
  }).sort()
  const total = (squares: Float64Array) => squares.reduce((sum, square) => sum + square)
  return {
    ratio: Math.sqrt(total(square_N) / total(referenceSquare_N)),
    low: quantile(ratios, (1 - level) / 2),
    high: quantile(ratios, (1 + level) / 2),
  }
}
