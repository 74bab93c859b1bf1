import { AppError } from '../errors'
import type { Random } from '../stats/random'
import type { Candidates, Picked, Strategy } from './candidates'
import { meanSampleSpread } from './sample-spread'
import { entropy } from './strategies/entropy'
import { margin } from './strategies/margin'
import { mutualInformation } from './strategies/mutual-information'
import { mutualInformationTree } from './strategies/mutual-information-tree'
import { powerBald } from './strategies/power-bald'
import { random as drawRandom } from './strategies/random'

/** Every strategy by the name it has on screen and on the command line. */
export const strategies = {
  'mutual-information': mutualInformation,
  'mutual-information-tree': mutualInformationTree,
  'power-bald': powerBald,
  entropy,
  margin,
  random: drawRandom,
} as const satisfies Record<string, Strategy>
export type StrategyName = keyof typeof strategies

/** The next round, in the order it is labelled, and how far the dropout samples disagreed (`meanSampleSpread`). */
export type Choice = { readonly picked: Picked[]; readonly meanSampleSpread: number }

/**
 * Chooses a round of `count` galaxies: a share drawn at random, the rest by the strategy. The random ones are drawn first and from all
 * candidates, so their inclusion probability is exactly their number over the number of candidates, whatever the strategy would have
 * chosen; the strategy then chooses among the others. They stand at random places, so that a labeller cannot tell. All candidates when
 * there are no more than `count`. Throws `acquisition/no-candidates`, and `acquisition/no-spread` where the strategy needs spread.
 */
export function chooseGalaxies(candidates: Candidates, strategy: StrategyName, count: number, randomShare: number, random: Random): Choice {
  if (candidates.galaxyCount === 0) {
    throw new AppError(
      'acquisition/no-candidates',
      'No galaxy is left to choose: every galaxy of the pool is labelled or lacks a prediction. Import more galaxies, or predict first.',
    )
  }
  const wanted = Math.min(count, candidates.galaxyCount)
  const drawn = drawRandom(candidates, strategy === 'random' ? wanted : Math.round(wanted * randomShare), random)
  const isDrawn = new Set(drawn.map(({ index }) => index))
  const byStrategy =
    wanted > drawn.length ? strategies[strategy](candidates, wanted, random).filter(({ index }) => !isDrawn.has(index)) : []
  const places = new Set(random.sample(new Int32Array(wanted).keys(), drawn.length))
  const [randomOnes, rankedOnes] = [drawn.values(), byStrategy.values()]
  const picked = Array.from({ length: wanted }, (_, place) => (places.has(place) ? randomOnes : rankedOnes).next().value!)
  return { picked, meanSampleSpread: meanSampleSpread(candidates) }
}
