import type { BatchRequest } from '@shared/contract/requests'
import { galaxiesInWords, inWords } from '../format'
import type { Mark } from './question'

/** What marking means. `unmarked`: the answer of all galaxies that were looked at and not marked; null: they stay without one. */
export type SheetSetup = { readonly question: string; readonly marked: string; readonly unmarked: string | null }

/** What was said of a galaxy, by the turn that it was said in. */
export type Said = { readonly galaxyKey: number; readonly mark: Mark }
export type SaidByTurn = ReadonlyMap<string, Said>

export const setupOf = ({ name, answers }: { name: string; answers: readonly string[] }): SheetSetup => ({
  question: name,
  marked: answers[0]!,
  unmarked: null,
})

/** The galaxies of a page, each with what no mark means; nothing where that says nothing. */
export function unmarkedOf(items: readonly { galaxyKey: number; turn: string }[], { unmarked }: SheetSetup): SaidByTurn {
  if (unmarked === null) return new Map()
  return new Map(items.map(({ galaxyKey, turn }) => [turn, { galaxyKey, mark: { kind: 'answer', answer: unmarked } }]))
}

/** All that is to be saved: the pages in the order in which they were looked through, a mark before what no mark means. */
export const saidOf = (looked: SaidByTurn, marks: SaidByTurn): SaidByTurn => new Map([...looked, ...marks])

/** One batch of it. The time that it took is given in equal parts: the sum is what it cost. */
export function batchOf(said: SaidByTurn, annotator: string, question: string, tookMs: number): BatchRequest {
  const durationMs = Math.round(tookMs / said.size)
  const entries = Array.from(said, ([turn, { galaxyKey, mark }]) => ({
    ...{ uuid: crypto.randomUUID(), galaxyKey, turn, question, durationMs },
    ...mark,
  }))
  return { batch: crypto.randomUUID(), annotator, entries }
}

/** `Saved: 24 galaxies (5 ring, 19 no ring)`. */
export function savedInWords(said: SaidByTurn): string {
  const counts = new Map<string, number>()
  for (const { mark } of said.values()) {
    const words = mark.kind === 'answer' ? inWords(mark.answer) : 'cannot tell'
    counts.set(words, (counts.get(words) ?? 0) + 1)
  }
  return `Saved: ${galaxiesInWords(said.size)} (${[...counts].map(([words, count]) => `${count} ${words}`).join(', ')})`
}
