import { AppError } from '../errors'
import type { DecisionTree, Question } from './decision-tree'
import { indexTree, type TreeIndex } from './tree-index'

/** An answer that was given, both by name. */
export type GivenAnswer = { readonly question: string; readonly answer: string }

/** What a labeller has answered about one galaxy: question to answer, or a list of which the last counts. */
export type GivenAnswers = ReadonlyMap<string, string> | readonly GivenAnswer[]

/**
 * The questions that the answers so far call for, answered or not, in the order a labeller meets them: a branch to its end before the next
 * one, and questions where branches join after the branches. Answers to questions that are not called for are passed over. Throws
 * `tree/unknown-question` and `tree/unknown-answer`.
 */
export function questionsAsked(tree: DecisionTree, answers: GivenAnswers): Question[] {
  const index = indexTree(tree)
  return walk(index, flatAnswers(tree, index, answers)).map((q) => tree.questions[q]!)
}

/**
 * The first question that is asked and has neither an answer nor is among `untold`, those that the labeller cannot tell the answer of; null when
 * there is none. Throws like `questionsAsked`.
 */
export function nextQuestion(tree: DecisionTree, answers: GivenAnswers, untold: ReadonlySet<string> = new Set()): Question | null {
  const index = indexTree(tree)
  const given = flatAnswers(tree, index, answers)
  const open = walk(index, given).find((q) => !given.has(q) && !untold.has(tree.questions[q]!.name))
  return open === undefined ? null : tree.questions[open]!
}

/** Whether every question that is asked has its answer, or is among `untold`. */
export function isComplete(tree: DecisionTree, answers: GivenAnswers, untold: ReadonlySet<string> = new Set()): boolean {
  return nextQuestion(tree, answers, untold) === null
}

/**
 * The answers, in the labeller's order, after this one is given or changed. What hung only from the earlier answer is dropped; a question
 * that is still asked (it hangs from the new answer as well) keeps its answer.
 */
export function changeAnswer(tree: DecisionTree, answers: GivenAnswers, change: GivenAnswer): GivenAnswer[] {
  const index = indexTree(tree)
  const given = flatAnswers(tree, index, answers)
  given.set(...flatAnswer(tree, index, change))
  return answersOf(tree, index, given)
}

/** The answers without the one to this question and without what hung only from it. Throws `tree/unknown-question`. */
export function dropAnswer(tree: DecisionTree, answers: GivenAnswers, question: string): GivenAnswer[] {
  const index = indexTree(tree)
  const given = flatAnswers(tree, index, answers)
  given.delete(questionIndex(tree, index, question))
  return answersOf(tree, index, given)
}

/** By name, in the labeller's order; those to questions that are not asked are left out. */
function answersOf(tree: DecisionTree, index: TreeIndex, given: ReadonlyMap<number, number>): GivenAnswer[] {
  return walk(index, given).flatMap((q) => {
    const answer = given.get(q)
    const question = tree.questions[q]!
    return answer === undefined ? [] : [{ question: question.name, answer: question.answers[answer - index.start_Q[q]!]! }]
  })
}

/** The answers as one vote each, in the tree's flat order [A]. Answers to questions that are not asked give none. */
export function answersToVotes(tree: DecisionTree, answers: GivenAnswers): number[] {
  const index = indexTree(tree)
  const given = flatAnswers(tree, index, answers)
  const votes_A = new Array<number>(index.answerCount).fill(0)
  for (const q of walk(index, given)) {
    const answer = given.get(q)
    if (answer !== undefined) votes_A[answer] = 1
  }
  return votes_A
}

/** The questions asked, by index, in the labeller's order. `given`: question to flat answer. */
function walk(index: TreeIndex, given: ReadonlyMap<number, number>): number[] {
  const asked: number[] = []
  const visit = (q: number): void => {
    asked.push(q)
    const answer = given.get(q)
    if (answer !== undefined) index.children_A[answer]!.forEach(visit)
  }
  index.roots.forEach(visit)
  return asked
}

function flatAnswers(tree: DecisionTree, index: TreeIndex, answers: GivenAnswers): Map<number, number> {
  const list =
    answers instanceof Map
      ? [...(answers as ReadonlyMap<string, string>)].map(([question, answer]) => ({ question, answer }))
      : (answers as readonly GivenAnswer[])
  return new Map(list.map((given) => flatAnswer(tree, index, given)))
}

function questionIndex(tree: DecisionTree, index: TreeIndex, question: string): number {
  const q = index.questionByName.get(question)
  if (q !== undefined) return q
  const names = tree.questions.map(({ name }) => name).join(', ')
  throw new AppError('tree/unknown-question', `The tree "${tree.id}" has no question "${question}". Its questions are: ${names}.`)
}

function flatAnswer(tree: DecisionTree, index: TreeIndex, { question, answer }: GivenAnswer): [number, number] {
  const q = questionIndex(tree, index, question)
  const answers = tree.questions[q]!.answers
  const i = answers.indexOf(answer)
  if (i < 0)
    throw new AppError(
      'tree/unknown-answer',
      `The question "${question}" has no answer "${answer}". Its answers are: ${answers.join(', ')}.`,
    )
  return [q, index.start_Q[q]! + i]
}
