import { answerName, type DecisionTree, type Question } from './decision-tree'

/** The predicted vote fraction (0..1) of each answer of one question, by the answer's name; answers that nothing is known of are left out. */
export type AnswerFractions = Readonly<Record<string, number>>

/**
 * What a model predicts for each question of the tree, in the tree's order. `outputs` [O] names the answers (`question_answer`) that
 * `fraction_O` [O] is of; outputs that the tree does not have are passed over. The fractions of a question add up to 1, so the only answer that a
 * model leaves out has what the others leave: a model of one output says all of a question with two answers. Questions that the model says
 * nothing of are left out.
 */
export function predictedFractions(
  tree: DecisionTree,
  outputs: readonly string[],
  fraction_O: ArrayLike<number>,
): { question: Question; fractions: AnswerFractions }[] {
  const known = new Map(outputs.map((output, o) => [output, fraction_O[o]!]))
  return tree.questions.flatMap((question) => {
    const { name, answers } = question
    const missing = answers.filter((answer) => !known.has(answerName(name, answer)))
    if (missing.length === answers.length) return []
    const of = (answer: string) => known.get(answerName(name, answer)) ?? 0
    const rest = 1 - answers.reduce((sum, answer) => sum + of(answer), 0)
    const told = answers.filter((answer) => missing.length === 1 || !missing.includes(answer))
    const fractions = Object.fromEntries(told.map((answer) => [answer, missing.includes(answer) ? Math.max(0, rest) : of(answer)]))
    return [{ question, fractions }]
  })
}

/**
 * The answer with the highest predicted fraction, the first of the tree's order where several are equal. Null where an answer that nothing is
 * known of could have a higher one.
 */
export function firstGuess({ answers }: Pick<Question, 'answers'>, fractions: AnswerFractions): string | null {
  const told = answers.filter((answer) => fractions[answer] !== undefined)
  const first = told.reduce<string | null>((best, answer) => (best === null || fractions[answer]! > fractions[best]! ? answer : best), null)
  if (first === null || told.length === answers.length) return first
  const rest = 1 - told.reduce((sum, answer) => sum + fractions[answer]!, 0)
  return fractions[first]! >= rest ? first : null
}
