import type { Strategy } from '../candidates'
import { createRanking, rankCandidates } from '../ranking'

/** The galaxies whose two leading answers to the first question lie closest. The score is 1 less their difference in mean vote fraction, 0..1. */
export const margin: Strategy = (candidates, count, random) =>
  rankCandidates(candidates, createRanking('margin', candidates, candidates.galaxyCount, random), count)
