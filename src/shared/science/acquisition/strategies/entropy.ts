import type { Strategy } from '../candidates'
import { createRanking, rankCandidates } from '../ranking'

/** The galaxies whose first question has the largest entropy of its mean vote fractions, in nats: undecided, for whatever reason. */
export const entropy: Strategy = (candidates, count, random) =>
  rankCandidates(candidates, createRanking('entropy', candidates, candidates.galaxyCount, random), count)
