import { AppError } from '../errors'
import type { Random } from '../stats/random'
import type { Candidates, Picked, Prediction, Strategy } from './candidates'
import { createRanking, rankCandidates, type Ranking } from './ranking'
import { meanSampleSpread } from './sample-spread'
import { entropy } from './strategies/entropy'
import { margin } from './strategies/margin'
import { mutualInformation } from './strategies/mutual-information'
import { mutualInformationTree } from './strategies/mutual-information-tree'
import { powerBald } from './strategies/power-bald'
import { drawRandom, random as drawRandomly } from './strategies/random'

/** Every strategy by the name it has on screen and on the command line. */
export const strategies = {
  'mutual-information': mutualInformation,
  'mutual-information-tree': mutualInformationTree,
  'power-bald': powerBald,
  entropy,
  margin,
  random: drawRandomly,
} as const satisfies Record<string, Strategy>
export type StrategyName = keyof typeof strategies

/** The next round, in the order it is labelled, and how far the dropout samples disagreed (`meanSampleSpread`). */
export type Choice = { readonly picked: Picked[]; readonly meanSampleSpread: number }

/** A choice before anything is scored: how many galaxies, those drawn at random, and how the others are ranked (null when none are). */
export type ChoicePlan = { readonly wanted: number; readonly drawn: readonly Picked[]; readonly ranking: Ranking | null }

/**
 * Chooses a round of `count` galaxies: a share drawn at random, the rest by the strategy. The random ones are drawn first and from all
 * candidates, so their inclusion probability is exactly their number over the number of candidates, whatever the strategy would have
 * chosen; the strategy then chooses among the others. They stand at random places, so that a labeller cannot tell. All candidates when
 * there are no more than `count`. Throws `acquisition/no-candidates`, and `acquisition/no-spread` where the strategy needs spread.
 */
export function chooseGalaxies(candidates: Candidates, strategy: StrategyName, count: number, randomShare: number, random: Random): Choice {
  const plan = planChoice(candidates, candidates.galaxyCount, strategy, count, randomShare, random)
  const ranked = plan.ranking === null ? [] : rankCandidates(candidates, plan.ranking, plan.wanted)
  return { picked: mixChoice(plan, ranked, random), meanSampleSpread: meanSampleSpread(candidates) }
}

/** The first half of `chooseGalaxies`, which draws all that the ranking needs. Throws `acquisition/no-candidates`, `acquisition/needs-tree`. */
export function planChoice(
  prediction: Prediction,
  galaxyCount: number,
  strategy: StrategyName,
  count: number,
  randomShare: number,
  random: Random,
): ChoicePlan {
  if (galaxyCount === 0) {
    throw new AppError(
      'acquisition/no-candidates',
      'No galaxy is left to choose: every galaxy of the pool is labelled or lacks a prediction. Import more galaxies, or predict first.',
    )
  }
  const wanted = Math.min(count, galaxyCount)
  const drawn = drawRandom(galaxyCount, strategy === 'random' ? wanted : Math.round(wanted * randomShare), random)
  const isRanked = strategy !== 'random' && wanted > drawn.length
  return { wanted, drawn, ranking: isRanked ? createRanking(strategy, prediction, galaxyCount, random) : null }
}

/** The second half: the first of the `wanted` best that were not drawn, with the drawn ones at random places among them. */
export function mixChoice({ wanted, drawn }: ChoicePlan, ranked: readonly Picked[], random: Random): Picked[] {
  const isDrawn = new Set(drawn.map(({ index }) => index))
  const places = new Set(random.sample(new Int32Array(wanted).keys(), drawn.length))
  const randomOnes = drawn.values()
  const rankedOnes = ranked.filter(({ index }) => !isDrawn.has(index)).values()
  return Array.from({ length: wanted }, (_, place) => (places.has(place) ? randomOnes : rankedOnes).next().value!)
}
