import { answerNames, questionRanges } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from '@main/catalogue/database'
import type { Kept } from './kept'
import type { Shelf } from './shelf'
import { shelfStamp, stampOf } from './stamps'
import type { Standing } from './standing'
import { readCounts, voteRanges, type Counts, type RecordedCounts, type VoteRanges } from './votes-read'

/** Recorded votes by question: from the shelf those of one question alone, from the catalogue all at once. Null: there are none. */
export type VoteColumns = {
  all: (standing: Standing) => Promise<RecordedCounts | null>
  ofQuestion: (question: string, standing: Standing) => Promise<Counts | null>
  /** How many votes each question has, from the fewest to the most. */
  ranges: (standing: Standing) => Promise<VoteRanges | null>
  /** Puts the votes on the shelf where they are not. */
  prepare: (standing: Standing) => Promise<void>
}

const SHELF = 'votes'
const HAS_RECORD = 'has record'

const sizeOf = ({ counts_AN, hasRecord_N }: Counts) => counts_AN.reduce((sum, { byteLength }) => sum + byteLength, hasRecord_N.byteLength)
const stampFor = (standing: Standing) => stampOf({ kind: 'votes', question: '' }, standing)

export function createVoteColumns(db: ReadableDb, kept: Kept, shelf: Shelf): VoteColumns {
  function all(standing: Standing): Promise<RecordedCounts> {
    const { tree, rows, imports, voteSet } = standing
    const names = answerNames(tree.tree)
    return kept.get<RecordedCounts>('counts', stampFor(standing), sizeOf, async (before) => {
      const found = shelved(standing, names)
      if (found !== null) return { ...found, voteSetKey: voteSet!.key, imports }
      const counts = await readCounts(db, voteSet!, names.length, rows, imports, before)
      if (shelf.isUseful(rows.count)) {
        const arrays = Object.fromEntries(names.map((name, answer) => [name, counts.counts_AN[answer]!]))
        const facts = voteRanges(counts, tree.tree)
        void shelf.write(SHELF, shelfStamp(stampFor(standing), standing), facts, { ...arrays, [HAS_RECORD]: counts.hasRecord_N })
      }
      return counts
    })
  }

  const onShelf = (standing: Standing, wanted: readonly string[]) => shelf.read(SHELF, shelfStamp(stampFor(standing), standing), wanted)

  function shelved(standing: Standing, names: readonly string[]): Counts | null {
    const found = onShelf(standing, [...names, HAS_RECORD])?.arrays
    if (found === undefined) return null
    return { counts_AN: names.map((name) => found.get(name) as Uint16Array), hasRecord_N: found.get(HAS_RECORD) as Uint8Array }
  }

  async function readQuestion(question: string, standing: Standing): Promise<Counts> {
    const { tree } = standing.tree
    const { start, end } = questionRanges(tree).find((range) => range.question.name === question)!
    const names = answerNames(tree).slice(start, end)
    const found = shelved(standing, names)
    if (found !== null) return found
    const { counts_AN, hasRecord_N } = await all(standing)
    return { counts_AN: counts_AN.slice(start, end), hasRecord_N }
  }

  return {
    all: async (standing) => (standing.voteSet === null ? null : all(standing)),
    ofQuestion: async (question, standing) =>
      standing.voteSet === null
        ? null
        : kept.get<Counts>(`counts of ${question}`, stampFor(standing), sizeOf, () => readQuestion(question, standing)),
    ranges: async (standing) =>
      standing.voteSet === null
        ? null
        : kept.get<VoteRanges>(
            'ranges of votes',
            stampFor(standing),
            () => 0,
            async () => (onShelf(standing, [])?.facts as VoteRanges | undefined) ?? voteRanges(await all(standing), standing.tree.tree),
          ),
    async prepare(standing) {
      if (standing.voteSet !== null && onShelf(standing, []) === null) await all(standing)
    },
  }
}
