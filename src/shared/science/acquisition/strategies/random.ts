import type { Random } from '../../stats/random'
import type { Picked, Strategy } from '../candidates'

/** Galaxies drawn at random, all equally likely: the baseline, and the only sample whose class fractions may be counted as they are. */
export const random: Strategy = ({ galaxyCount }, count, source) => drawRandom(galaxyCount, count, source)

/** The same of galaxies by their number alone. */
export function drawRandom(galaxyCount: number, count: number, source: Random): Picked[] {
  const wanted = Math.min(count, galaxyCount)
  const inclusionProbability = wanted / galaxyCount
  return source
    .sample(new Int32Array(galaxyCount).keys(), wanted)
    .map((index) => ({ index, score: null, isRandom: true, inclusionProbability, parts: {} }))
}
