import { answerNames } from '@shared/science/tree/decision-tree'
import type { VotePlan } from './columns/vote-plan'
import { fault, isFault, type Fault } from './refusal'
import { readCount } from './values'

/**
 * The votes of one row: for each vote set of the plan the counts [answers of its tree], or null where the set has no vote for this galaxy.
 * [Note: Two versions of a question] Where a table asks a question in two versions that share an answer, a galaxy's votes go to the version
 * whose own columns hold votes, shared ones included; with votes in the shared columns only, nobody can tell, and the question counts as not asked.
 */
export function makeVoteReader(columns: readonly string[], plan: VotePlan): (values: readonly string[]) => (Uint16Array | null)[] | Fault {
  const countColumns = [...new Set(plan.sets.flatMap((set) => set.questions.flatMap((question) => question.columns)))]
  const answerCounts = plan.sets.map((set) => answerNames(set.tree).length)
  const count_C = new Float64Array(columns.length)
  const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + count_C[part]!, 0)

  return (values) => {
    for (const column of countColumns) {
      const count = readCount(values[column]!, columns[column]!)
      if (isFault(count)) return count
      count_C[column] = count
    }
    for (const { question, column, parts } of plan.totals) {
      if (values[column]!.trim() === '') continue
      const total = readCount(values[column]!, columns[column]!)
      if (isFault(total)) return total
      if (total !== sum(parts))
        return fault(
          'total-mismatch',
          `${columns[column]} is ${total}, but the answers of ${question} add up to ${sum(parts)}. Correct the row.`,
        )
    }
    const votes = answerCounts.map((answers) => new Uint16Array(answers))
    const skipped = new Set<string>()
    for (const { question, sets, alone } of plan.contested) {
      const [has0, has1] = [sum(alone[0]) > 0, sum(alone[1]) > 0]
      if (has0 && has1)
        return fault('mixed-campaigns', `${question} has votes for the answers of two versions of the question. Keep those of one.`)
      if (!has0) skipped.add(`${sets[0]} ${question}`)
      if (!has1) skipped.add(`${sets[1]} ${question}`)
    }
    for (const [set, { questions }] of plan.sets.entries())
      for (const question of questions)
        if (!skipped.has(`${set} ${question.name}`))
          question.columns.forEach((column, i) => (votes[set]![question.start + i] = count_C[column]!))
    if (plan.indicator) {
      const { column, yes, no } = plan.indicator
      const text = values[column]!.trim()
      if (/^(1|1\.0+|true)$/i.test(text)) votes[0]![yes] = 1
      else if (/^(0|0\.0+|false)$/i.test(text)) votes[0]![no] = 1
      else if (text !== '') return fault('bad-number', `${columns[column]} is "${text}"; it must be 1 for yes, 0 for no, or blank.`)
    }
    return votes.map((counts) => (counts.some((count) => count > 0) ? counts : null))
  }
}
