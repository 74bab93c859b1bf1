import { quantile } from '@shared/science/stats/quantile'

/** Longer than this between two galaxies was a pause, not work. */
const LONGEST_MS = 120_000
/** The pace of the latest galaxies, so that it follows a tired or a practised hand. */
const LATEST = 30

/** The median time per galaxy in milliseconds, from the times at which galaxies were completed, oldest first; null before the third. */
export function millisecondsPerGalaxy(completedAtMs: readonly number[]): number | null {
  const gaps = completedAtMs
    .slice(1)
    .map((at, i) => at - completedAtMs[i]!)
    .filter((gap) => gap <= LONGEST_MS)
    .slice(-LATEST)
    .sort((a, b) => a - b)
  if (gaps.length < 2) return null
  return quantile(gaps, 0.5)
}
