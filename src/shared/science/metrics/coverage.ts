/** Of all galaxies: the votes within `width` of the expected count that were predicted to be there, and that were there. Shares, 0..1. */
export type CoveragePoint = { readonly width: number; readonly predicted: number; readonly observed: number }

/** One galaxy: the mean over dropout samples of the probability of k = 0 … N votes for the answer, and the votes it got. */
export type PredictedVotes = { readonly probability: ArrayLike<number>; readonly votes: number }

/** More than a sum over float32 or float64 probabilities loses, far less than a vote: an expected count of 20 must not become 19. */
const ROUNDING_VOTES = 1e-5

/**
 * Calibration: for every width w, the mean predicted probability that the votes lie within w of the expected count (its whole part), and the
 * share of galaxies where they did. Equal where a model knows how uncertain it is; predicted above observed where it is too sure.
 * Source: Walmsley et al. 2020 (arXiv:1905.07424), whose widths go to 80.
 */
export function coverage(galaxies: readonly PredictedVotes[], maxWidth = 80): CoveragePoint[] {
  const predicted_W = new Float64Array(maxWidth + 1)
  const observed_W = new Float64Array(maxWidth + 1)
  for (const { probability, votes } of galaxies) {
    let expected = 0
    for (let k = 0; k < probability.length; k++) expected += k * probability[k]!
    const centre = Math.floor(expected + ROUNDING_VOTES)
    let inside = 0
    for (let width = 0; width <= maxWidth; width++) {
      inside += probability[centre + width] ?? 0
      if (width > 0) inside += probability[centre - width] ?? 0
      predicted_W[width] = predicted_W[width]! + inside
      if (Math.abs(votes - centre) <= width) observed_W[width] = observed_W[width]! + 1
    }
  }
  return Array.from(predicted_W, (predicted, width) => ({
    width,
    predicted: predicted / galaxies.length,
    observed: observed_W[width]! / galaxies.length,
  }))
}
