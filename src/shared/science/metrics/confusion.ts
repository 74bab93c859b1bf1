import { AppError } from '../errors'

/** Counts of galaxies by observed and predicted answer, question by question: `counts[observed][predicted]`. */
export type ConfusionTable = {
  readonly question: string
  readonly answers: readonly string[]
  readonly counts: readonly (readonly number[])[]
}[]

/**
 * A confusion table as CSV: columns are predicted and rows observed answers, both named `question_answer`; cells between two questions are
 * empty. The question's name ends at the last underscore. Throws `confusion/…` that names the row and column.
 */
export function parseConfusionTable(text: string): ConfusionTable {
  const [header, ...rows] = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim()))
  if (!header || rows.length === 0)
    throw new AppError(
      'confusion/empty',
      'The confusion table is empty: it needs a header of predicted answers and a row per observed answer.',
    )
  const columns = header.slice(1)
  const byQuestion = new Map<string, string[]>()
  for (const name of columns) {
    const cut = name.lastIndexOf('_')
    if (cut < 1)
      throw new AppError('confusion/bad-column', `The column "${name}" of the confusion table is no "question_answer": rename it.`)
    byQuestion.set(name.slice(0, cut), [...(byQuestion.get(name.slice(0, cut)) ?? []), name])
  }
  const rowOf = new Map(rows.map((row) => [row[0]!, row]))
  return [...byQuestion].map(([question, names]) => {
    const counts = names.map((observed) => {
      const row = rowOf.get(observed)
      if (!row)
        throw new AppError(
          'confusion/missing-row',
          `The confusion table has the column "${observed}" but no row of that name: add the row.`,
        )
      return names.map((predicted) => readCount(row[1 + columns.indexOf(predicted)], observed, predicted))
    })
    return { question, answers: names.map((name) => name.slice(question.length + 1)), counts }
  })
}

/**
 * The share of galaxies on the diagonal of each question, and their number. It is only as good as the table: galaxies that were never asked a
 * question must not be in it, see [Note: Which galaxies count].
 */
export function confusionAccuracy(table: ConfusionTable): Record<string, { accuracy: number; n: number }> {
  return Object.fromEntries(
    table.map(({ question, counts }) => {
      const n = counts.flat().reduce((sum, count) => sum + count, 0)
      if (n === 0) throw new AppError('confusion/empty', `The question "${question}" has no galaxies in the confusion table: leave it out.`)
      const right = counts.reduce((sum, row, i) => sum + row[i]!, 0)
      return [question, { accuracy: right / n, n }]
    }),
  )
}

function readCount(cell: string | undefined, observed: string, predicted: string): number {
  const count = cell === undefined || cell === '' ? NaN : Number(cell)
  if (Number.isInteger(count) && count >= 0) return count
  throw new AppError(
    'confusion/bad-count',
    `Row "${observed}", column "${predicted}" of the confusion table holds "${cell ?? ''}": write a whole number of galaxies.`,
  )
}
