import type { Strategy } from '../candidates'
import { createRanking, rankCandidates } from '../ranking'

/**
 * The galaxies whose whole path of answers tells most about the network. The sum over questions finds the best 10,000; for one vote those are
 * ranked again by the exact mutual information of the path, which is then their score. Throws `acquisition/needs-tree` for a binomial output.
 */
export const mutualInformationTree: Strategy = (candidates, count, random) =>
  rankCandidates(candidates, createRanking('mutual-information-tree', candidates, candidates.galaxyCount, random), count)
