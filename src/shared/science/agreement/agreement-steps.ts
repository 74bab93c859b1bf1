import type { DecisionTree, Question } from '../tree/decision-tree'
import { questionsAsked, type GivenAnswer } from '../tree/flow'
import { resolvedAnswers } from './resolved-answers'

/** What annotators said of one galaxy, and what was agreed on since, oldest first. `cannotTell`: the questions that one was asked and left open. */
export type SaidOfGalaxy = {
  readonly answers: readonly { readonly answers: readonly GivenAnswer[]; readonly cannotTell: readonly string[] }[]
  readonly resolved: readonly GivenAnswer[]
}

/** What one annotator said to a question. Without an answer they could not tell (`isUntold`) or were not asked. */
export type Said = { readonly answer: string | null; readonly isUntold: boolean }

/**
 * A question about a galaxy on which annotators differ. `said`: what each annotator said, in their order. `agreed`: what stands for all, because
 * all said so or because it was resolved (`isResolved`); null while it is open.
 */
export type AgreementStep = {
  readonly question: Question
  readonly said: readonly Said[]
  readonly agreed: string | null
  readonly isResolved: boolean
}

/** The questions that the agreed answers call for, in the tree's order. What only some of them were asked comes once the path leads there. */
export function agreementSteps(tree: DecisionTree, { answers, resolved }: SaidOfGalaxy): AgreementStep[] {
  const byAnnotator = answers.map((given) => given.answers)
  const agreed = resolvedAnswers(tree, byAnnotator, resolved)
  return questionsAsked(tree, agreed).map((question) => ({
    question,
    said: answers.map((given) => ({
      answer: answerTo(question, given.answers),
      isUntold: given.cannotTell.includes(question.name),
    })),
    agreed: answerTo(question, agreed),
    isResolved: resolved.some((each) => each.question === question.name),
  }))
}

const answerTo = ({ name }: Question, answers: readonly GivenAnswer[]): string | null =>
  answers.find(({ question }) => question === name)?.answer ?? null

/** The first question without an agreed answer; null when there is none. */
export const openStep = (steps: readonly AgreementStep[]): AgreementStep | null => steps.find(({ agreed }) => agreed === null) ?? null

/**
 * Whether nothing is left in which what somebody said counts neither for nor against what was agreed; that somebody could not tell counts for
 * nothing. Where annotators differ it never is before one of their questions was resolved.
 */
export const isSettled = (steps: readonly AgreementStep[]): boolean =>
  steps.every(({ agreed, said }) => agreed !== null || said.every(({ answer }) => answer === null))
