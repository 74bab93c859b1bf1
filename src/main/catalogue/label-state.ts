import type { Answer, LabelEvent } from '@shared/contract/records'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { changeAnswer, isComplete } from '@shared/science/tree/flow'
import { standingTest } from './standing'

/** What counts of the log for one galaxy and annotator. */
export type LabelState = { answers: Answer[]; isSkipped: boolean; isFlagged: boolean; isComplete: boolean; notes: string[] }

export type LabelEntry = Pick<LabelEvent, 'uuid' | 'kind' | 'question' | 'answer' | 'note' | 'undoes'>

/**
 * Folds the log of one galaxy and annotator, oldest first. Entries that were undone are passed over. An answer replaces the earlier one to
 * its question and drops only what hung from that; answers to questions that are not asked do not count. Each flag turns the mark over. A
 * galaxy is skipped while its latest skip came after its latest answer.
 */
export function labelState(tree: DecisionTree, entries: readonly LabelEntry[]): LabelState {
  const stands = standingTest(entries)
  const state: LabelState = { answers: [], isSkipped: false, isFlagged: false, isComplete: false, notes: [] }
  for (const { uuid, kind, question, answer, note } of entries) {
    if (kind === 'undo' || !stands(uuid)) continue
    if (note !== null) state.notes.push(note)
    if (kind === 'answer')
      state.answers = changeAnswer(tree, state.answers, { question: question!, answer: answer! }).map((given) => ({ ...given }))
    if (kind === 'answer' || kind === 'skip') state.isSkipped = kind === 'skip'
    if (kind === 'flag') state.isFlagged = !state.isFlagged
  }
  state.isComplete = state.answers.length > 0 && isComplete(tree, state.answers)
  return state
}
