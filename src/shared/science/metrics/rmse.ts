import { mean } from '../stats/numbers'

/** sqrt of the mean square; null for no errors. */
export function rootMeanSquare(errors: readonly number[]): number | null {
  return errors.length === 0 ? null : Math.sqrt(mean(errors.map((error) => error * error)))
}

/**
 * The RMSE that a perfect prediction would still have, because a vote fraction f of N volunteers is itself uncertain: sqrt of the mean of
 * f (1 - f) / N. Null where no galaxy has two votes: a single vote says nothing of its own noise.
 */
export function noiseFloor(fractions: readonly number[], votes: readonly number[]): number | null {
  if (!votes.some((count) => count > 1)) return null
  return Math.sqrt(mean(fractions.map((fraction, i) => (fraction * (1 - fraction)) / votes[i]!)))
}
