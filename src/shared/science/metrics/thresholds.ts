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

/** For test galaxies with few votes each, down to the one vote of an expert: with the published ones nothing would be left to measure. */
export const relaxedThresholds: Thresholds = { minFirstVotes: 1, minProportionAsked: 0.5, minQuestionVotes: 1 }

/** The published thresholds where at least half of the test galaxies reach them on the first question, else the relaxed ones. */
export function thresholdsFor(tree: DecisionTree, votes_NA: readonly Numbers[]): Thresholds {
  const reaching = votes_NA.filter((votes_A) => firstVotes(tree, votes_A) >= publishedThresholds.minFirstVotes)
  return 2 * reaching.length >= votes_NA.length ? publishedThresholds : relaxedThresholds
}

/** The votes on the first question of the tree. */
export function firstVotes(tree: DecisionTree, votes_A: Numbers): number {
  return totalVotes(tree, votes_A)[indexTree(tree).roots[0]!]!
}

/** The threshold that leaves no vote fraction of these questions to measure; null where some galaxy counts. */
export function emptyingThreshold(
  tree: DecisionTree,
  votes_NA: readonly Numbers[],
  thresholds: Thresholds,
  questions: readonly string[],
): keyof Thresholds | null {
  const isMeasured_Q = tree.questions.map(({ name }) => questions.includes(name))
  const counting = votes_NA.flatMap((votes_A) => countingQuestions(tree, votes_A, thresholds).filter((_, q) => isMeasured_Q[q]))
  if (counting.some(({ fractionsCount }) => fractionsCount)) return null
  if (!votes_NA.some((votes_A) => firstVotes(tree, votes_A) >= thresholds.minFirstVotes)) return 'minFirstVotes'
  return counting.some(({ counts }) => counts) ? 'minQuestionVotes' : 'minProportionAsked'
}

/** Per question [Q]: whether it counts for this galaxy, and whether its vote fractions do as well. See [Note: Which galaxies count]. */
export function countingQuestions(
  tree: DecisionTree,
  votes_A: Numbers,
  thresholds: Thresholds,
): { counts: boolean; fractionsCount: boolean }[] {
  const total_Q = totalVotes(tree, votes_A)
  const asked_Q = proportionAskedByVotes(tree, votes_A)
  const enough = firstVotes(tree, votes_A) >= thresholds.minFirstVotes
  return Array.from(total_Q, (total, q) => {
    const counts = enough && total > 0 && asked_Q[q]! > thresholds.minProportionAsked
    return { counts, fractionsCount: counts && total >= thresholds.minQuestionVotes }
  })
}
