import { questionRanges, type DecisionTree } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from '@main/catalogue/database'
import type { VoteSet } from '@main/catalogue/votes'
import { blobPages } from './blob-pages'
import type { GalaxyRows } from './galaxy-rows'

/** Recorded votes: the counts [A][N] of some answers, galaxy by galaxy, and whether there is a record of the galaxy [N]. */
export type Counts = { readonly counts_AN: readonly Uint16Array[]; readonly hasRecord_N: Uint8Array }

/** Those of all answers. `imports` are those that are in it. */
export type RecordedCounts = Counts & { readonly voteSetKey: number; readonly imports: readonly number[] }

/** Reads the votes of a set, or goes on from `before` with the imports that came since. */
export async function readCounts(
  db: ReadableDb,
  { key: voteSetKey }: VoteSet,
  answers: number,
  rows: GalaxyRows,
  imports: readonly number[],
  before: RecordedCounts | null,
): Promise<RecordedCounts> {
  const counts_AN = Array.from({ length: answers }, () => new Uint16Array(rows.count))
  const hasRecord_N = new Uint8Array(rows.count)
  const take = async (from: string, parameters: Record<string, number>) => {
    for await (const { keys, bytes } of blobPages(db, from, { voteSetKey, ...parameters }, answers * 2)) {
      const page_NA = new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
      const pageRows = keys.map(rows.rowOf)
      for (const row of pageRows) if (row !== -1) hasRecord_N[row] = 1
      counts_AN.forEach((counts_N, answer) => {
        for (let i = 0; i < pageRows.length; i++) if (pageRows[i] !== -1) counts_N[pageRows[i]!] = page_NA[i * answers + answer]!
      })
    }
  }
  if (before?.voteSetKey === voteSetKey) {
    counts_AN.forEach((counts_N, answer) => counts_N.set(before.counts_AN[answer]!))
    hasRecord_N.set(before.hasRecord_N)
    for (const importKey of imports.filter((candidate) => !before.imports.includes(candidate)))
      await take('SELECT galaxy_key, counts AS blob FROM all_votes WHERE import_key = :importKey AND vote_set_key = :voteSetKey', {
        importKey,
      })
  } else await take('SELECT galaxy_key, counts AS blob FROM votes WHERE vote_set_key = :voteSetKey', {})
  return { voteSetKey, counts_AN, hasRecord_N, imports }
}

/** The vote fraction [N] of an answer, by its place among those of its question, of which these are the counts: NaN where nobody answered it. */
export function fractionsOf({ counts_AN }: Counts, answer: number): Float64Array {
  const fractions = totals(counts_AN)
  const counts_N = counts_AN[answer]!
  for (let row = 0; row < fractions.length; row++) fractions[row] = counts_N[row]! / fractions[row]!
  return fractions
}

/** The votes [N] of a question together, of which these are the counts: NaN where there is no record of the galaxy. */
export function totalsOf({ counts_AN, hasRecord_N }: Counts): Float64Array {
  const totals_N = totals(counts_AN)
  for (let row = 0; row < totals_N.length; row++) if (hasRecord_N[row] === 0) totals_N[row] = NaN
  return totals_N
}

function totals(counts_AN: readonly Uint16Array[]): Float64Array {
  const totals_N = new Float64Array(counts_AN[0]!.length)
  for (const counts_N of counts_AN) for (let row = 0; row < totals_N.length; row++) totals_N[row] = totals_N[row]! + counts_N[row]!
  return totals_N
}

/** The fewest and the most votes of each question; null where no galaxy has a record. */
export type VoteRanges = Readonly<Record<string, readonly [low: number, high: number] | null>>

export function voteRanges({ counts_AN, hasRecord_N }: Counts, tree: DecisionTree): VoteRanges {
  return Object.fromEntries(
    questionRanges(tree).map(({ question, start, end }) => {
      let [low, high] = [Infinity, -Infinity]
      for (const total of totalsOf({ counts_AN: counts_AN.slice(start, end), hasRecord_N })) {
        if (total < low) low = total
        if (total > high) high = total
      }
      return [question.name, low <= high ? [low, high] : null]
    }),
  )
}
