import type { DecisionTree } from '../tree/decision-tree'
import { changeAnswer, type GivenAnswer } from '../tree/flow'

/**
 * The one list of answers that stands for those of all annotators where somebody resolved what they differ in: what all of them gave, changed
 * by the agreed answers along the tree. `byAnnotator`: one list each, in any order, and empty ones count for nothing: who could not tell anything, or
 * only resolved, is none of them. `resolves`: oldest first. What all of them gave counts as soon as the agreed path leads to it, also where their
 * own paths to it differed.
 */
export function resolvedAnswers(
  tree: DecisionTree,
  byAnnotator: readonly (readonly GivenAnswer[])[],
  resolves: readonly GivenAnswer[],
): GivenAnswer[] {
  const [first = [], ...others] = byAnnotator.filter((answers) => answers.length > 0)
  const shared = first.filter(({ question, answer }) =>
    others.every((answers) => answers.some((given) => given.question === question && given.answer === answer)),
  )
  const change = (answers: GivenAnswer[], { question, answer }: GivenAnswer) =>
    changeAnswer(tree, [...shared, ...answers], { question, answer })
  return [...shared, ...resolves].reduce<GivenAnswer[]>(change, [])
}
