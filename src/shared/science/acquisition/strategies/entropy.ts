import { entropy as entropyOf } from '../../stats/entropy'
import { pickedByScore, targetFractions, type Strategy } from '../candidates'
import { largest, scoreAll } from '../rank'

/** The galaxies whose first question has the largest entropy of its mean vote fractions, in nats: undecided, for whatever reason. */
export const entropy: Strategy = (candidates, count) => {
  const score_N = scoreAll(candidates.galaxyCount, (galaxy) => entropyOf(targetFractions(candidates, galaxy)))
  return largest(score_N, count).map((index) => pickedByScore(index, score_N[index]!))
}
