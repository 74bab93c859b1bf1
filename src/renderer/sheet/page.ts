import { MOST_ITEMS } from '@shared/contract/requests'
import type { QueueItem } from '@shared/contract/records'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { standingOf } from './question'
import { readPart, type SheetSource } from './source'

/** `from` and `next`: the cursors of this page and of the one after it. */
export type Page = { readonly items: readonly QueueItem[]; readonly from: number; readonly next: number }
/** Galaxies that a page passed by, and why. */
export type PassedBy = { readonly answered: number; readonly notAsked: number }
export type FoundPage = { readonly page: Page; readonly isEnd: boolean; readonly passedBy: PassedBy }

export const emptyPage: Page = { items: [], from: 0, next: 0 }

export type PageSearch = {
  readonly source: SheetSource
  readonly annotator: string
  readonly tree: DecisionTree
  readonly question: string
  readonly size: number
}

/**
 * The page from a cursor on: the next galaxies that the question is open for. `isWanted` is asked before each part that is read, and `onPassed` told
 * of those that are passed by; null where the page is no longer wanted.
 */
export async function findPage(
  { source, annotator, tree, question, size }: PageSearch,
  from: number,
  isWanted: () => boolean,
  onPassed: (passedBy: PassedBy) => void = () => undefined,
): Promise<FoundPage | null> {
  const items: QueueItem[] = []
  const passedBy = { answered: 0, notAsked: 0 }
  // One more than a page tells whether it is the last; where galaxies are passed by, more are read at once.
  for (let [cursor, limit] = [from, size + 1]; isWanted(); limit *= 2) {
    const part = await readPart(source, annotator, cursor, Math.min(limit, MOST_ITEMS))
    for (const { item, next } of part) {
      if (items.length === size) return { page: { items, from, next: cursor }, isEnd: false, passedBy }
      cursor = next
      const isDone = source.kind === 'queue' && (item.isComplete || item.isSkipped)
      const standing = isDone ? 'answered' : standingOf(tree, item, question)
      if (standing === 'open') items.push(item)
      else passedBy[standing === 'answered' ? 'answered' : 'notAsked']++
    }
    if (part.length === 0) return { page: { items, from, next: cursor }, isEnd: true, passedBy }
    if (items.length === 0) onPassed({ ...passedBy })
  }
  return null
}
