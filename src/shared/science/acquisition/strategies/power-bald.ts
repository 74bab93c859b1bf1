import type { Strategy } from '../candidates'
import { powerRanking, rankCandidates } from '../ranking'

/** See `powerRanking`. */
export function createPowerBald(power: number): Strategy {
  return (candidates, count, random) => rankCandidates(candidates, powerRanking(power, candidates, candidates.galaxyCount, random), count)
}

export const powerBald = createPowerBald(1)
