import type { DecisionTree } from './decision-tree'
import { proportionAsked } from './joint'
import { indexTree } from './tree-index'

/** The total votes of each question [Q] from the votes of each answer [A]. */
export function totalVotes(tree: DecisionTree, votes_A: ArrayLike<number>): Float64Array {
  const { questionOf_A, questionCount } = indexTree(tree)
  const total_Q = new Float64Array(questionCount)
  questionOf_A.forEach((q, a) => (total_Q[q] = total_Q[q]! + votes_A[a]!))
  return total_Q
}

/** The vote fraction of each answer [A], 0..1; NaN throughout a question that has no votes: it was not asked. */
export function voteFractions(tree: DecisionTree, votes_A: ArrayLike<number>): Float64Array {
  const { questionOf_A } = indexTree(tree)
  const total_Q = totalVotes(tree, votes_A)
  return Float64Array.from(questionOf_A, (q, a) => votes_A[a]! / total_Q[q]!)
}

/** Whether each question [Q] has votes. */
export function hasVotes(tree: DecisionTree, votes_A: ArrayLike<number>): boolean[] {
  return Array.from(totalVotes(tree, votes_A), (total) => total > 0)
}

/** The proportion asked of each question [Q] as the volunteers' own vote fractions give it. */
export function proportionAskedByVotes(tree: DecisionTree, votes_A: ArrayLike<number>): Float64Array {
  return proportionAsked(tree, voteFractions(tree, votes_A))
}
