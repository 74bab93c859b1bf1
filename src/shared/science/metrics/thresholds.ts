import type { Numbers } from '../stats/numbers'
import type { DecisionTree } from '../tree/decision-tree'
import { proportionAskedByVotes, totalVotes } from '../tree/votes'
import { indexTree } from '../tree/tree-index'

/**
 * [Note: Which galaxies count] A galaxy counts only with `minFirstVotes` votes on the first question; a question counts for it only where it has
 * votes and the volunteers' own proportion asked is above `minProportionAsked`; and its vote fractions only from `minQuestionVotes` votes on.
 * Without this filter a question that nobody was asked counts as if its first answer had won, and accuracies are an artefact.
 */
export type Thresholds = { readonly minFirstVotes: number; readonly minProportionAsked: number; readonly minQuestionVotes: number }

/** Source: Walmsley et al. 2022 (arXiv:2102.08414), section 5.2. */
export const publishedThresholds: Thresholds = { minFirstVotes: 34, minProportionAsked: 0.5, minQuestionVotes: 20 }

/** For test galaxies that one expert labelled, with one vote on every question that was asked. */
export const expertThresholds: Thresholds = { minFirstVotes: 1, minProportionAsked: 0.5, minQuestionVotes: 1 }

/** Per question [Q]: whether it counts for this galaxy, and whether its vote fractions do as well. See [Note: Which galaxies count]. */
export function countingQuestions(
  tree: DecisionTree,
  votes_A: Numbers,
  thresholds: Thresholds,
): { counts: boolean; fractionsCount: boolean }[] {
  const total_Q = totalVotes(tree, votes_A)
  const asked_Q = proportionAskedByVotes(tree, votes_A)
  const enough = total_Q[indexTree(tree).roots[0]!]! >= thresholds.minFirstVotes
  return Array.from(total_Q, (total, q) => {
    const counts = enough && total > 0 && asked_Q[q]! > thresholds.minProportionAsked
    return { counts, fractionsCount: counts && total >= thresholds.minQuestionVotes }
  })
}
