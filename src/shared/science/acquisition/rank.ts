import { AppError } from '../errors'

/** The score of every galaxy. Throws `acquisition/not-finite` on the first score that is no number: nothing is ranked around it. */
export function scoreAll(galaxyCount: number, score: (galaxy: number) => number): Float64Array {
  const score_N = new Float64Array(galaxyCount)
  for (let galaxy = 0; galaxy < galaxyCount; galaxy++) {
    score_N[galaxy] = score(galaxy)
    if (!Number.isFinite(score_N[galaxy])) throw notFinite(galaxy, galaxyCount, score_N[galaxy]!)
  }
  return score_N
}

/** The error `acquisition/not-finite` of a galaxy whose score is no number. */
export function notFinite(galaxy: number, galaxyCount: number, score: number): AppError {
  return new AppError(
    'acquisition/not-finite',
    `The predictions of candidate ${galaxy + 1} of ${galaxyCount} give no score (${score}): predict again with a model whose training ended well.`,
  )
}

/** The positions of the `count` largest scores, largest first; of equal scores the smaller position first. */
export function largest(score_N: Float64Array, count: number): number[] {
  const wanted = Math.min(count, score_N.length)
  if (wanted === 0) return []
  // Sorting bare numbers first, and only the chosen positions by score, is several times faster at a million galaxies.
  const threshold = score_N.toSorted()[score_N.length - wanted]!
  const positions: number[] = []
  score_N.forEach((score, position) => {
    if (score >= threshold) positions.push(position)
  })
  return positions.sort((a, b) => (score_N[a] === score_N[b] ? a - b : score_N[b]! - score_N[a]!)).slice(0, wanted)
}
