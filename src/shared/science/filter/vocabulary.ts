import type { DecisionTree } from '../tree/decision-tree'

/** What a project knows, for names to be looked up in. */
export type Vocabulary = {
  readonly tree: DecisionTree
  /** Models that predicted the survey, oldest first, with the answers (`question_answer`) that they predict. */
  readonly models: readonly { readonly id: string; readonly outputs: readonly string[] }[]
  /** Rounds in order. */
  readonly rounds: readonly number[]
  /** The columns of the imported tables that are neither votes nor positions; `number` where every value is one. */
  readonly metadata: ReadonlyMap<string, 'number' | 'text'>
}

/**
 * A column that was looked up: what it is of, with nothing left open. `fraction` and `prediction` name the answer (`question_answer`), all others as
 * in `Column`. What two filters name differently (`score` and `score@3`) is one column here.
 */
export type KnownColumn =
  | { readonly kind: 'ra' | 'dec' | 'id' }
  | { readonly kind: 'fraction'; readonly answer: string }
  | { readonly kind: 'votes'; readonly question: string }
  | { readonly kind: 'prediction'; readonly model: string; readonly answer: string }
  | { readonly kind: 'score'; readonly round: number }
  | { readonly kind: 'metadata'; readonly name: string; readonly type: 'number' | 'text' }

/** Whether the values are numbers; those of other columns are texts. */
export function isNumeric(column: KnownColumn): boolean {
  return column.kind === 'metadata' ? column.type === 'number' : column.kind !== 'id'
}

/** [Note: Blind labels] Whether the column tells what volunteers voted: who labels from a list made with it is not blind to them. */
export function isOfVotes(column: KnownColumn): boolean {
  return column.kind === 'fraction' || column.kind === 'votes'
}
