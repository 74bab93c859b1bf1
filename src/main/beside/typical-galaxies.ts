import { setImmediate } from 'node:timers/promises'
import { createTypicalFinder, type Typical, type TypicalFinder } from '@shared/science/examples/typical'
import type { Columns } from '@main/search/columns'
import type { Memory } from '@main/search/memory'
import type { Standing } from '@main/search/standing'
import type { Barred } from './examples'

/** Of each answer are found, for those that an annotator cannot be shown. */
const CANDIDATES = 16
/** Votes at the question, see [Note: Typical galaxies]; in a survey where no question has as many, as many as one has. */
const MIN_VOTES = 20
const ROWS_AT_ONCE = 20_000

/** What the volunteers' votes give, by answer in the tree's order. `minVotes` is null where there are no votes that may be seen. */
export type TypicalGalaxies = { readonly minVotes: number | null; readonly typical_A: readonly (readonly Typical[])[] }

/**
 * The typical galaxies by the votes that training may use, computed once and again when votes, the split, the open round or known answers change;
 * other work of the thread runs in between.
 */
export function createTypicalGalaxies(columns: Columns, memory: Memory): (now: Standing, barred: Barred) => Promise<TypicalGalaxies> {
  let latest: { readonly stamp: string; readonly found: Promise<TypicalGalaxies> } | null = null

  async function find(now: Standing, { isBarred }: Barred): Promise<TypicalGalaxies> {
    const recorded = await columns.counts(now)
    if (recorded === null) return { minVotes: null, typical_A: [] }
    const { isRevealed_N } = memory.sides(now)
    const findWith = async (minVotes: number): Promise<TypicalFinder> => {
      const counts_A = new Uint16Array(recorded.counts_AN.length)
      const finder = createTypicalFinder(now.tree.tree, { minVotes, count: CANDIDATES })
      for (let row = 0; row < now.rows.count; row++) {
        if (isRevealed_N[row] === 1 && !isBarred(row)) {
          recorded.counts_AN.forEach((counts_N, answer) => (counts_A[answer] = counts_N[row]!))
          finder.take(row, counts_A, 0)
        }
        if (row % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await setImmediate()
      }
      return finder
    }
    const strict = await findWith(MIN_VOTES)
    if (strict.mostVotes === 0) return { minVotes: null, typical_A: [] }
    const minVotes = Math.min(MIN_VOTES, strict.mostVotes)
    const finder = minVotes === MIN_VOTES ? strict : await findWith(minVotes)
    return { minVotes, typical_A: finder.found_A() }
  }

  return (now, barred) => {
    const stamp = JSON.stringify([now.tree.version, now.voteSet, now.imports, barred.stamp])
    if (latest?.stamp !== stamp) {
      const found = find(now, barred)
      latest = { stamp, found }
      found.catch(() => (latest = null))
    }
    return latest.found
  }
}
