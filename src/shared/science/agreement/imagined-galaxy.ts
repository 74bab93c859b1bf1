import { quantile } from '../stats/quantile'
import type { Random } from '../stats/random'

/** Something that was said of a galaxy, and how much it counts: of so many galaxies, or with this weight. */
export type Weighted<P> = { readonly pattern: P; readonly weight: number }

/** Into so many random answers the imagined galaxy is broken in each draw; what is left then is a hundredth of it. */
const PARTS = 7
const REPEATS = 1000

/**
 * [Note: Imagined galaxy] The 95 % interval of a measure of agreement. The usual ones (normal with the asymptotic variance, or a percentile
 * bootstrap) cover the truth far too rarely where annotators nearly always agree or one answer is rare, which is the usual case here: whoever
 * agreed on all of 20 galaxies would get 1 to 1. So one galaxy is added in thought on which everybody answers at random, each answer as likely as
 * another. The interval holds the middle 95 % of the posterior of a Dirichlet process of mass 1 around such answers, and the estimate itself.
 * What it covers, beside the others, is in docs/decisions/0012. Sources: Ferguson 1973 (Annals of Statistics 1, 209); Rubin 1981 (Annals of Statistics
 * 9, 130), which is the same without the imagined galaxy.
 *
 * `observed`: distinct patterns with the number of their galaxies. `imagine` draws a pattern of random answers. `measure` may be null for weights
 * of which it cannot be told. Null where nothing was observed.
 */
export function imaginedInterval<P>(
  observed: readonly Weighted<P>[],
  imagine: (random: Random) => P,
  measure: (weighted: readonly Weighted<P>[]) => number | null,
  random: Random,
): { low: number; high: number } | null {
  const estimate = measure(observed)
  if (estimate === null) return null
  const drawn: number[] = []
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const seen = observed.map(({ pattern, weight }) => ({ pattern, weight: random.gamma(weight) }))
    const value = measure([...seen, ...imagined(imagine, random)])
    if (value !== null) drawn.push(value)
  }
  drawn.sort((a, b) => a - b)
  return { low: Math.min(estimate, quantile(drawn, 0.025)), high: Math.max(estimate, quantile(drawn, 0.975)) }
}

/** The weight of the imagined galaxy, broken into random patterns (Sethuraman's sticks of a process of mass 1). */
function imagined<P>(imagine: (random: Random) => P, random: Random): Weighted<P>[] {
  let left = random.gamma(1)
  return Array.from({ length: PARTS }, () => {
    const weight = left * random.next()
    left -= weight
    return { pattern: imagine(random), weight }
  })
}
