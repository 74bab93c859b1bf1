import { questionRanges, type DecisionTree } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from '@main/catalogue/database'
import type { VoteSet } from '@main/catalogue/votes'
import { blobPages } from './blob-pages'
import type { GalaxyRows } from './galaxy-rows'

/** The recorded votes of all galaxies: counts [N, A] row by row, and whether there is a record [N]. `imports` are those that are in it. */
export type RecordedCounts = {
  readonly voteSetKey: number
  readonly answers: number
  readonly counts_NA: Uint16Array
  readonly hasRecord_N: Uint8Array
  readonly imports: readonly number[]
}

/** Reads the votes of a set, or goes on from `before` with the imports that came since. */
export async function readCounts(
  db: ReadableDb,
  { key: voteSetKey }: VoteSet,
  answers: number,
  rows: GalaxyRows,
  imports: readonly number[],
  before: RecordedCounts | null,
): Promise<RecordedCounts> {
  const counts_NA = new Uint16Array(rows.count * answers)
  const hasRecord_N = new Uint8Array(rows.count)
  const take = async (from: string, parameters: Record<string, number>) => {
    for await (const { keys, bytes } of blobPages(db, from, { voteSetKey, ...parameters }, answers * 2)) {
      const counts = new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
      keys.forEach((key, i) => {
        const row = rows.rowOf(key)
        if (row === -1) return
        hasRecord_N[row] = 1
        counts_NA.set(counts.subarray(i * answers, (i + 1) * answers), row * answers)
      })
    }
  }
  if (before?.voteSetKey === voteSetKey) {
    counts_NA.set(before.counts_NA)
    hasRecord_N.set(before.hasRecord_N)
    for (const importKey of imports.filter((candidate) => !before.imports.includes(candidate)))
      await take('SELECT galaxy_key, counts AS blob FROM all_votes WHERE import_key = :importKey AND vote_set_key = :voteSetKey', {
        importKey,
      })
  } else await take('SELECT galaxy_key, counts AS blob FROM votes WHERE vote_set_key = :voteSetKey', {})
  return { voteSetKey, answers, counts_NA, hasRecord_N, imports }
}

/** The vote fraction [N] of an answer by its index in the tree: NaN where nobody answered the question. */
export function fractionsOf({ counts_NA, hasRecord_N, answers }: RecordedCounts, tree: DecisionTree, answer: number): Float64Array {
  const { start, end } = questionRanges(tree).find((range) => answer < range.end)!
  const fractions = new Float64Array(hasRecord_N.length)
  for (let row = 0, at = 0; row < fractions.length; row++, at += answers) {
    let total = 0
    for (let a = start; a < end; a++) total += counts_NA[at + a]!
    fractions[row] = counts_NA[at + answer]! / total
  }
  return fractions
}

/** The votes [N] of a question together: NaN where there is no record of the galaxy. */
export function totalsOf({ counts_NA, hasRecord_N, answers }: RecordedCounts, tree: DecisionTree, question: string): Float64Array {
  const { start, end } = questionRanges(tree).find((range) => range.question.name === question)!
  const totals = new Float64Array(hasRecord_N.length)
  for (let row = 0, at = 0; row < totals.length; row++, at += answers) {
    let total = hasRecord_N[row] === 1 ? 0 : NaN
    for (let a = start; a < end; a++) total += counts_NA[at + a]!
    totals[row] = total
  }
  return totals
}
