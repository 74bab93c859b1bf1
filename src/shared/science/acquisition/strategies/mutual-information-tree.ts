import { AppError } from '../../errors'
import { countPaths } from '../../tree/paths'
import { pickedByScore, type Strategy } from '../candidates'
import { createPathScorer } from '../path-mutual-information'
import { largest, scoreAll } from '../rank'
import { requireSpread } from '../sample-spread'
import { wholeScorer } from '../scores'

/** How many of the best sums are scored again exactly. */
const rerankedGalaxies = 10_000

/** Trees with more paths are ranked by the sum alone. */
const maxPaths = 20_000

/**
 * The galaxies whose whole path of answers tells most about the network. The sum over questions finds the best 10,000; for one vote those are
 * ranked again by the exact mutual information of the path, which is then their score. Throws `acquisition/needs-tree` for a binomial output.
 */
export const mutualInformationTree: Strategy = (candidates, count, random) => {
  if (candidates.kind === 'binomial') {
    throw new AppError(
      'acquisition/needs-tree',
      `The strategy "mutual-information-tree" needs a model of the whole tree; this one answers "${candidates.question}" alone. Use "mutual-information".`,
    )
  }
  requireSpread(candidates)
  const { score, parts } = wholeScorer(candidates, random)
  const score_N = scoreAll(candidates.galaxyCount, score)
  const best = largest(score_N, Math.max(count, rerankedGalaxies))
  const exact = candidates.votes === 1 && countPaths(candidates.tree) <= maxPaths
  const ranked = exact
    ? rerank(best.slice(0, rerankedGalaxies), createPathScorer(candidates.tree, candidates.sampleCount), candidates.samples)
    : []
  for (const index of best.slice(ranked.length)) ranked.push({ index, score: score_N[index]! })
  return ranked.slice(0, count).map(({ index, score }) => pickedByScore(index, score, parts(index)))
}

function rerank<T>(
  best: readonly number[],
  score: (samples: T) => number,
  samples: (galaxy: number) => T,
): { index: number; score: number }[] {
  // By position first, so that equal scores stay in the order of the galaxies.
  const positions = best.toSorted((a, b) => a - b)
  const score_N = scoreAll(positions.length, (i) => score(samples(positions[i]!)))
  return largest(score_N, positions.length).map((i) => ({ index: positions[i]!, score: score_N[i]! }))
}
