import type { QueueItem } from '@shared/contract/records'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { questionsAsked } from '@shared/science/tree/flow'

/** What a sheet's question is for a galaxy: open, answered before, or not asked because the answers so far do not lead to it. */
export type Standing = 'open' | 'answered' | 'not-asked'

export function standingOf(
  tree: DecisionTree,
  { answers, cannotTell }: Pick<QueueItem, 'answers' | 'cannotTell'>,
  question: string,
): Standing {
  if (answers.some((given) => given.question === question) || cannotTell.includes(question)) return 'answered'
  return questionsAsked(tree, answers).some(({ name }) => name === question) ? 'open' : 'not-asked'
}

/** What a labeller said of one galaxy of a sheet before the page is saved. */
export type Mark = { readonly kind: 'answer'; readonly answer: string } | { readonly kind: 'cannot-tell' }

export const isSameMark = (one: Mark | undefined, other: Mark): boolean =>
  one?.kind === other.kind && (one.kind === 'cannot-tell' || (other.kind === 'answer' && one.answer === other.answer))
