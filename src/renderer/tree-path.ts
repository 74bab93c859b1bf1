import type { Answer } from '@shared/contract/records'
import type { DecisionTree, Question } from '@shared/science/tree/decision-tree'
import { questionsAsked } from '@shared/science/tree/flow'

/** A question as it stands for one galaxy: its answer, or null while it has none. `isUntold`: the annotator could not tell. */
export type Step = { readonly question: Question; readonly answer: string | null; readonly isUntold: boolean }

/** The questions that are asked of a galaxy with these answers, in the tree's order, each with its answer. */
export function stepsOf(tree: DecisionTree, answers: readonly Answer[], cannotTell: readonly string[] = []): Step[] {
  const given = new Map(answers.map(({ question, answer }) => [question, answer]))
  return questionsAsked(tree, given).map((question) => {
    const answer = given.get(question.name) ?? null
    return { question, answer, isUntold: answer === null && cannotTell.includes(question.name) }
  })
}
