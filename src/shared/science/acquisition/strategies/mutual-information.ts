import { pickedByScore, type Strategy } from '../candidates'
import { largest, scoreAll } from '../rank'
import { requireSpread } from '../sample-spread'
import { questionScorer } from '../scores'

/** BALD as in W+20 (arXiv:1905.07424): the galaxies whose votes on the first question tell most about the network. */
export const mutualInformation: Strategy = (candidates, count, random) => {
  requireSpread(candidates)
  const { score, parts } = questionScorer(candidates, random)
  const score_N = scoreAll(candidates.galaxyCount, score)
  return largest(score_N, count).map((index) => pickedByScore(index, score_N[index]!, parts(index)))
}
