import type { Answer } from '@shared/contract/records'
import type { DecisionTree, Question } from '@shared/science/tree/decision-tree'
import { questionsAsked } from '@shared/science/tree/flow'

/** A question as it stands for one galaxy: its answer, or null while it has none. */
export type Step = { readonly question: Question; readonly answer: string | null }

/** The questions that are asked of a galaxy with these answers, in the tree's order, each with its answer. */
export function stepsOf(tree: DecisionTree, answers: readonly Answer[]): Step[] {
  const given = new Map(answers.map(({ question, answer }) => [question, answer]))
  return questionsAsked(tree, given).map((question) => ({ question, answer: given.get(question.name) ?? null }))
}

/** The question to ask now: the first one without an answer; null when the path is complete. */
export function openQuestion(steps: readonly Step[]): Question | null {
  return steps.find(({ answer }) => answer === null)?.question ?? null
}
