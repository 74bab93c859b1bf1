import { pickedByScore, type Strategy } from '../candidates'
import { largest, scoreAll } from '../rank'
import { requireSpread } from '../sample-spread'
import { wholeScorer } from '../scores'

/**
 * Samples galaxies one by one, without replacement, with probability in proportion to MI^beta: near-duplicates no longer come together.
 * The largest of beta ln MI plus Gumbel noise are such a sample. Source: PowerBALD (arXiv:2106.12059), where beta is 1.
 */
export function createPowerBald(beta: number): Strategy {
  return (candidates, count, random) => {
    requireSpread(candidates)
    const { score, parts } = wholeScorer(candidates, random)
    const score_N = scoreAll(candidates.galaxyCount, score)
    const key_N = score_N.map((information) => beta * Math.log(information) - Math.log(-Math.log1p(-random.next())))
    return largest(key_N, count).map((index) => pickedByScore(index, score_N[index]!, parts(index)))
  }
}

export const powerBald = createPowerBald(1)
