import { pickedByScore, targetFractions, type Strategy } from '../candidates'
import { largest, scoreAll } from '../rank'

/** The galaxies whose two leading answers to the first question lie closest. The score is 1 less their difference in mean vote fraction, 0..1. */
export const margin: Strategy = (candidates, count) => {
  const score_N = scoreAll(candidates.galaxyCount, (galaxy) => {
    const [first, second] = targetFractions(candidates, galaxy).sort((a, b) => b - a)
    return 1 - (first! - second!)
  })
  return largest(score_N, count).map((index) => pickedByScore(index, score_N[index]!))
}
