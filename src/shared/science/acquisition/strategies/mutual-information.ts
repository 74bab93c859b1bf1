import type { Strategy } from '../candidates'
import { createRanking, rankCandidates } from '../ranking'

/** BALD as in W+20 (arXiv:1905.07424): the galaxies whose votes on the first question tell most about the network. */
export const mutualInformation: Strategy = (candidates, count, random) =>
  rankCandidates(candidates, createRanking('mutual-information', candidates, candidates.galaxyCount, random), count)
