import type { DecisionTree } from './decision-tree'
import { indexTree, type TreeIndex } from './tree-index'

/** Per answer [A] and per question [Q]: see `jointProbabilities`. */
export type Joint = { readonly joint_A: Float64Array; readonly asked_Q: Float64Array }

/**
 * From vote fractions [A] to `joint_A` [A], the probability that a volunteer comes to a question and gives that answer, and `asked_Q` [Q],
 * the proportion of volunteers who are asked: 1 for a root, else the sum of the joints of the answers it hangs from (they exclude each
 * other, see [Note: Exclusive parents]). A fraction that is NaN (no votes) counts as 0, so nothing below an unasked question is asked.
 * Source: Walmsley et al. 2022 (arXiv:2102.08414).
 */
export function jointProbabilities(tree: DecisionTree, fraction_A: ArrayLike<number>): Joint {
  const index = indexTree(tree)
  const result = { joint_A: new Float64Array(index.answerCount), asked_Q: new Float64Array(index.questionCount) }
  fillJoint(index, fraction_A, result)
  return result
}

/** The proportion asked of each question [Q], in the tree's order, from vote fractions [A]. */
export function proportionAsked(tree: DecisionTree, fraction_A: ArrayLike<number>): Float64Array {
  return jointProbabilities(tree, fraction_A).asked_Q
}

/** `jointProbabilities` into arrays that are there already, for loops over many galaxies. */
export function fillJoint(index: TreeIndex, fraction_A: ArrayLike<number>, { joint_A, asked_Q }: Joint): void {
  const { order, parents_Q, start_Q } = index
  for (const q of order) {
    const parents = parents_Q[q]!
    let asked = parents.length === 0 ? 1 : 0
    for (const parent of parents) asked += joint_A[parent]!
    asked_Q[q] = asked
    const end = start_Q[q + 1]!
    for (let a = start_Q[q]!; a < end; a++) {
      const fraction = fraction_A[a]!
      joint_A[a] = Number.isNaN(fraction) ? 0 : asked * fraction
    }
  }
}
