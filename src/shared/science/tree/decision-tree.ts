/**
 * A question of a decision tree. `after` lists the answers it hangs from, as `question_answer`; it is empty for a root.
 * A question that hangs from several answers is asked after any of them.
 */
export type Question = { readonly name: string; readonly answers: readonly string[]; readonly after: readonly string[] }

/** A Galaxy Zoo decision tree. Its answers, question by question in this order, are the outputs of a network and the columns of votes. */
export type DecisionTree = { readonly id: string; readonly questions: readonly Question[] }

/** Where the answers of each question lie in the tree's flat order of answers: `[start, end)`. */
export type QuestionRange = { readonly question: Question; readonly start: number; readonly end: number }

/** The ranges of all questions, in the tree's order. */
export function questionRanges(tree: DecisionTree): QuestionRange[] {
  let start = 0
  return tree.questions.map((question) => {
    const range = { question, start, end: start + question.answers.length }
    start = range.end
    return range
  })
}

/** The name of one answer everywhere: in columns of tables, in `after`, in scores. */
export function answerName(question: string, answer: string): string {
  return `${question}_${answer}`
}

/** All answers in the tree's flat order, as `question_answer`. */
export function answerNames(tree: DecisionTree): string[] {
  return tree.questions.flatMap((question) => question.answers.map((answer) => answerName(question.name, answer)))
}
