import { AppError } from '@shared/science/errors'
import { answerName, type DecisionTree, type Question } from '@shared/science/tree/decision-tree'
import { likelyName, plainName } from './names'
import { looksLikeRawGz2Votes, rawGz2Columns } from './raw-gz2'
import { isVoteCompanion, type VoteName } from './vote-name'

/**
 * Throws `import/unknown-vote-column` where a column that means nothing is most likely a misspelt one of votes: near the name of an answer or a
 * total that the table lacks, or of the form of the raw GZ2 table without its words.
 */
export function refuseMisspelt(
  columns: readonly string[],
  names: readonly (VoteName | null)[],
  taken: ReadonlySet<number>,
  tree: DecisionTree,
  campaigns: readonly string[],
): void {
  const here = new Set(names.flatMap((name) => (name ? [`${name.kind} ${name.campaign} ${name.key}`] : [])))
  const missing = [...new Set(['', ...campaigns])].flatMap((campaign) =>
    tree.questions.flatMap(({ name, answers }) => {
      const question = campaign === '' ? name : `${name}-${campaign}`
      const votes = answers.filter((answer) => !here.has(`votes ${campaign} ${plainName(answerName(name, answer))}`))
      const total = here.has(`total ${campaign} ${plainName(name)}`) ? [] : [`${question}_total-votes`]
      return [...votes.map((answer) => answerName(question, answer)), ...total]
    }),
  )
  const faults = columns.flatMap((column, index) => {
    if (names[index] || taken.has(index) || isVoteCompanion(column)) return []
    if (looksLikeRawGz2Votes(column))
      return [`"${column}" (did you mean "${likelyName(column, rawGz2Columns) ?? 'another column of Hart et al. 2016'}"?)`]
    const likely = likelyName(column, missing)
    return likely === null ? [] : [`"${column}" (did you mean "${likely}"?)`]
  })
  if (faults.length === 0) return
  throw new AppError(
    'import/unknown-vote-column',
    `Not an answer of the tree ${tree.id}: ${faults.join(', ')}. Rename the column, or remove it if it holds no votes. Nothing was imported.`,
  )
}

/** `import/missing-vote-column`: `columns` holds a column for some answers of the question only. */
export function missingAnswers(question: Question, campaign: string, columns: readonly (number | undefined)[]): AppError {
  const name = campaign === '' ? question.name : `${question.name}-${campaign}`
  const missing = question.answers.filter((_, index) => columns[index] === undefined).map((answer) => `"${answerName(name, answer)}"`)
  return new AppError(
    'import/missing-vote-column',
    `The table has votes for the question ${name} but no column ${missing.join(', ')}; without it its vote fractions would be wrong. Add it (0 where nobody answered so), or choose the tree the votes belong to. Nothing was imported.`,
  )
}
