import { AppError, assertNever } from '../errors'
import type { Random } from '../stats/random'
import { countPaths } from '../tree/paths'
import { pickedByScore, type Candidates, type Picked, type Prediction } from './candidates'
import { largest, scoreAll } from './rank'
import { requireSpread } from './sample-spread'
import { createScorer, type Measure } from './scores'

/** The strategies that rank galaxies by a score. */
export type RankedStrategy = 'mutual-information' | 'mutual-information-tree' | 'power-bald' | 'entropy' | 'margin'

/** How a strategy ranks galaxies: plain data, drawn before anything is scored, so that whoever scores may do it in any order and anywhere. */
export type Ranking = {
  readonly measure: Measure
  /** Of the streams of votes; see `GalaxyScorer`. */
  readonly seed: number
  /** The key of a galaxy is power · ln(score) + noise; without noise it is the score. */
  readonly noise: { readonly power: number; readonly noise_N: Float64Array } | null
  /** Where the samples of all galaxies agree the ranking means nothing. */
  readonly needsSpread: boolean
  /** How many of the best are ranked again by the mutual information of the path; 0 for none. */
  readonly reranked: number
}

/** The largest scores of a measure first, and nothing else; `seed` is that of the streams of votes. */
export function plainRanking(measure: Measure, seed = 0): Ranking {
  return { measure, seed, noise: null, needsSpread: false, reranked: 0 }
}

/** How many of the best sums are scored again exactly. */
const rerankedGalaxies = 10_000

/** Trees with more paths are ranked by the sum alone. */
const maxPaths = 20_000

/**
 * The ranking of a strategy over `galaxyCount` galaxies; what is random of it is drawn from `random`. Throws `acquisition/needs-tree` for
 * `mutual-information-tree` of a binomial output.
 */
export function createRanking(strategy: RankedStrategy, prediction: Prediction, galaxyCount: number, random: Random): Ranking {
  const drawSeed = () => (prediction.kind === 'binomial' ? 0 : random.bits())
  switch (strategy) {
    case 'entropy':
    case 'margin':
      return plainRanking(strategy)
    case 'mutual-information':
      return { ...plainRanking('question-information', drawSeed()), needsSpread: true }
    case 'mutual-information-tree':
      return { ...plainRanking('tree-information', drawSeed()), needsSpread: true, reranked: rerankedOf(prediction) }
    case 'power-bald':
      return powerRanking(1, prediction, galaxyCount, random)
    default:
      return assertNever(strategy)
  }
}

/**
 * Samples galaxies one by one, without replacement, with probability in proportion to MI^power: near-duplicates no longer come together.
 * The largest of power · ln MI plus Gumbel noise are such a sample. Source: PowerBALD (arXiv:2106.12059), where the power is 1.
 */
export function powerRanking(power: number, prediction: Prediction, galaxyCount: number, random: Random): Ranking {
  const seed = prediction.kind === 'binomial' ? 0 : random.bits()
  const noise_N = Float64Array.from({ length: galaxyCount }, () => -Math.log(-Math.log1p(-random.next())))
  return { ...plainRanking('tree-information', seed), noise: { power, noise_N }, needsSpread: true }
}

function rerankedOf(prediction: Prediction): number {
  if (prediction.kind === 'binomial') {
    throw new AppError(
      'acquisition/needs-tree',
      `The strategy "mutual-information-tree" needs a model of the whole tree; this one answers "${prediction.question}" alone. Use "mutual-information".`,
    )
  }
  return prediction.votes === 1 && countPaths(prediction.tree) <= maxPaths ? rerankedGalaxies : 0
}

/** What galaxies are ordered by, largest first. */
export function rankingKey({ noise }: Ranking, galaxy: number, score: number): number {
  return noise === null ? score : noise.power * Math.log(score) + noise.noise_N[galaxy]!
}

/** How many of the best by key must be kept to choose `count`. */
export function keptCount({ reranked }: Ranking, count: number): number {
  return Math.max(count, reranked)
}

/** A galaxy and its score. */
export type Scored = { readonly index: number; readonly score: number }

/**
 * The first `count` of a ranking, from the best by key, best first. `pathScore_R` are the path scores of the first `ranking.reranked` of
 * them, which come before all others; of equal ones the smaller position first.
 */
export function finishRanking(ranking: Ranking, best: readonly Scored[], pathScore_R: ArrayLike<number>, count: number): Scored[] {
  const reranked = best.slice(0, ranking.reranked).map(({ index }, i) => ({ index, score: pathScore_R[i]! }))
  reranked.sort((a, b) => b.score - a.score || a.index - b.index)
  return [...reranked, ...best.slice(reranked.length)].slice(0, count)
}

/** The galaxies that a ranking puts first, scored one after the other in this thread. */
export function rankCandidates(candidates: Candidates, ranking: Ranking, count: number): Picked[] {
  if (ranking.needsSpread) requireSpread(candidates)
  const { samples, galaxyCount } = candidates
  const { score, parts } = createScorer(candidates, ranking.measure, ranking.seed)
  const score_N = scoreAll(galaxyCount, (galaxy) => score(samples(galaxy), galaxy))
  const key_N = score_N.map((value, galaxy) => rankingKey(ranking, galaxy, value))
  const best = largest(key_N, keptCount(ranking, count)).map((index) => ({ index, score: score_N[index]! }))
  const reranked = best.slice(0, ranking.reranked)
  const path = reranked.length > 0 ? createScorer(candidates, 'path-information', ranking.seed) : null
  const pathScore_R = scoreAll(reranked.length, (i) => path!.score(samples(best[i]!.index), best[i]!.index))
  return finishRanking(ranking, best, pathScore_R, count).map(({ index, score: value }) =>
    pickedByScore(index, value, parts(samples(index), index)),
  )
}
