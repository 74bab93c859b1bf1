import type { Answer, LabelEvent } from '@shared/contract/records'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { changeAnswer, dropAnswer, isComplete, questionsAsked } from '@shared/science/tree/flow'
import { standingTest } from './standing'

/** What counts of the log for one galaxy and annotator. `cannotTell`: questions that are asked and that the annotator left open. */
export type LabelState = {
  answers: Answer[]
  cannotTell: string[]
  notes: { uuid: string; note: string }[]
  isSkipped: boolean
  isFlagged: boolean
  isStarred: boolean
  isComplete: boolean
}

export type LabelEntry = Pick<LabelEvent, 'uuid' | 'kind' | 'question' | 'answer' | 'note' | 'undoes'>

/**
 * Folds the log of one galaxy and annotator, oldest first. Entries that were undone are passed over. An answer replaces the earlier one to
 * its question and drops only what hung from that; answers to questions that are not asked do not count. "Cannot tell" is an answer from
 * which nothing hangs. Each flag and star turns its mark over. A galaxy is skipped while its latest skip came after its latest answer.
 */
export function labelState(tree: DecisionTree, entries: readonly LabelEntry[]): LabelState {
  const stands = standingTest(entries)
  const state: LabelState = {
    answers: [],
    cannotTell: [],
    notes: [],
    isSkipped: false,
    isFlagged: false,
    isStarred: false,
    isComplete: false,
  }
  const untold = new Set<string>()
  for (const { uuid, kind, question, answer, note } of entries) {
    if (kind === 'undo' || !stands(uuid)) continue
    if (note !== null) state.notes.push({ uuid, note })
    if (kind === 'answer') {
      state.answers = changeAnswer(tree, state.answers, { question: question!, answer: answer! })
      untold.delete(question!)
    }
    if (kind === 'cannot-tell') {
      state.answers = dropAnswer(tree, state.answers, question!)
      untold.add(question!)
    }
    if (kind === 'answer' || kind === 'cannot-tell' || kind === 'skip') state.isSkipped = kind === 'skip'
    if (kind === 'flag') state.isFlagged = !state.isFlagged
    if (kind === 'star') state.isStarred = !state.isStarred
  }
  state.cannotTell = questionsAsked(tree, state.answers)
    .map(({ name }) => name)
    .filter((name) => untold.has(name))
  // A tree may ask nothing; a galaxy of which nothing was said is not done.
  state.isComplete = state.answers.length + state.cannotTell.length > 0 && isComplete(tree, state.answers, untold)
  return state
}
