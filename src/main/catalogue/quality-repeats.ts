import type { Answer } from '@shared/contract/records'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { groupBy } from './group-by'
import { labelState } from './label-state'
import type { QualityRow } from './quality-time'

/** A galaxy that came to its annotator again, and what was said of it each time. */
export type Repeat = { galaxyKey: number; first: Answer[]; second: Answer[] }

/**
 * The repeats of one annotator, in the order in which they began. The first answers are those that stood when the galaxy came back: what is
 * corrected later was not the first judgement, and would make the annotator look steadier than they were. `rows`: all their entries, oldest first.
 */
export function readRepeats(tree: DecisionTree, rows: readonly QualityRow[]): Repeat[] {
  const again = groupBy(
    rows.filter(({ pass }) => pass === 1),
    ({ galaxyKey }) => galaxyKey,
  )
  const before = groupBy(
    rows.filter(({ pass, galaxyKey }) => pass === 0 && again.has(galaxyKey)),
    ({ galaxyKey }) => galaxyKey,
  )
  return Array.from(again, ([galaxyKey, second]) => {
    const first = (before.get(galaxyKey) ?? []).filter(({ sequence }) => sequence < second[0]!.sequence)
    return { galaxyKey, first: labelState(tree, first).answers, second: labelState(tree, second).answers }
  })
}

/** The first and the second answer to a question; none where it was answered only once. */
export function pairsOf({ first, second }: Repeat, question: string): [string, string][] {
  const before = first.find((given) => given.question === question)
  const after = second.find((given) => given.question === question)
  return before && after ? [[before.answer, after.answer]] : []
}
