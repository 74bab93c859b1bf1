/** The test error after training on so many labelled galaxies. */
export type CurvePoint = { readonly labels: number; readonly rmse: number }

/**
 * How many labels bring the error down to `rmse`, linear between points; null where the curve never comes there. `curve` by rising labels. The
 * error counts as the smallest so far, so that a bad round does not undo an earlier good one.
 */
export function labelsToReach(curve: readonly CurvePoint[], rmse: number): number | null {
  let best = Infinity
  let labelsBefore = 0
  for (const { labels, rmse: error } of curve) {
    // After a bad round the way down starts at the best error so far, at the number of labels that round had.
    if (error <= rmse) return best === Infinity ? labels : labelsBefore + ((best - rmse) / (best - error)) * (labels - labelsBefore)
    best = Math.min(best, error)
    labelsBefore = labels
  }
  return null
}

/**
 * The share of labels that `curve` saves against `baseline` for the error that the baseline ends with; negative where it needs more, null
 * where it never comes to that error.
 */
export function labelsSaved(curve: readonly CurvePoint[], baseline: readonly CurvePoint[]): number | null {
  if (baseline.length === 0) return null
  const target = Math.min(...baseline.map(({ rmse }) => rmse))
  const needed = labelsToReach(curve, target)
  const baselineNeeded = labelsToReach(baseline, target)
  return needed === null || baselineNeeded === null ? null : 1 - needed / baselineNeeded
}
