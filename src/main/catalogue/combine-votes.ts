import { questionRanges, type DecisionTree } from '@shared/science/tree/decision-tree'
import { answersToVotes } from '@shared/science/tree/flow'
import type { Answer } from '@shared/contract/records'

/** How experts' answers enter training; see `combineVotes`. */
export type CombineOptions = { combine: 'replace' | 'sum'; expertWeight: number }

/**
 * The votes [A] that training uses of a galaxy, and the weight [Q] of each question's likelihood: 1 for volunteers' votes.
 * `replace`: where experts answered, their votes (one each) stand for the volunteers', and the likelihood has the expert's weight.
 * `sum`: they are added to the volunteers' votes, each as `expertWeight` votes; where no volunteer voted, this is `replace`.
 */
export function combineVotes(
  tree: DecisionTree,
  volunteers_A: ArrayLike<number> | null,
  experts: readonly (readonly Answer[])[],
  { combine, expertWeight }: CombineOptions,
): { votes_A: Float32Array; weights_Q: Float32Array } {
  const ranges = questionRanges(tree)
  const votes_A = new Float32Array(ranges.at(-1)!.end)
  if (volunteers_A !== null) votes_A.set(Array.from(volunteers_A))
  const weights_Q = new Float32Array(ranges.length).fill(1)
  const expert_A = new Float32Array(votes_A.length)
  for (const answers of experts) answersToVotes(tree, answers).forEach((vote, i) => (expert_A[i]! += vote))
  ranges.forEach(({ start, end }, q) => {
    const answered = expert_A.subarray(start, end)
    if (!answered.some((vote) => vote > 0)) return
    const votes = votes_A.subarray(start, end)
    if (combine === 'sum' && votes.some((vote) => vote > 0)) {
      votes.forEach((vote, i) => (votes[i] = vote + expertWeight * answered[i]!))
      return
    }
    votes.set(answered)
    weights_Q[q] = expertWeight
  })
  return { votes_A, weights_Q }
}
