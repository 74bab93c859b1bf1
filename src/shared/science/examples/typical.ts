import { createBestHeap } from '../acquisition/best-heap'
import { questionRanges, type DecisionTree } from '../tree/decision-tree'

/** A galaxy by its row, with the share and number of the votes at the question that were for the answer. */
export type Typical = { readonly row: number; readonly fraction: number; readonly votes: number }

/** Finds the galaxies that show an answer best, of those that it is handed one by one. */
export type TypicalFinder = {
  /** `counts` holds the votes of the galaxy [A] from `start` on. */
  take: (row: number, counts: ArrayLike<number>, start: number) => void
  /** By answer [A] in the tree's order, the most typical first. */
  found_A: () => Typical[][]
  /** The most votes that any question of any galaxy had. */
  readonly mostVotes: number
}

/** Counts beyond this do not order galaxies of equal fractions any further. */
const COUNTED = 999

/**
 * [Note: Typical galaxies] An answer's typical galaxies have the highest vote fractions for it, of equal ones those with more votes, then the
 * smaller row. Only galaxies count where at least `minVotes` people answered the question (a fraction of few votes is mostly their noise: 20 is
 * what errors of vote fractions need as well, Walmsley et al. 2022 section 5.2) and where no other answer had as many votes: the best of what
 * nobody sees is no example. Keeps `count` for each answer.
 */
export function createTypicalFinder(tree: DecisionTree, { minVotes, count }: { minVotes: number; count: number }): TypicalFinder {
  const ranges = questionRanges(tree)
  const answers = ranges.at(-1)?.end ?? 0
  const best_A = Array.from({ length: answers }, () => createBestHeap(count))
  const kept_A = Array.from({ length: answers }, (): Typical[] => [])
  let mostVotes = 0
  return {
    take(row, counts, from) {
      for (const { start, end } of ranges) {
        let [votes, winner, isTied] = [0, start, false]
        for (let a = start; a < end; a++) {
          votes += counts[from + a]!
          if (a === start) continue
          const ahead = counts[from + a]! - counts[from + winner]!
          if (ahead === 0) isTied = true
          if (ahead > 0) [winner, isTied] = [a, false]
        }
        if (votes > mostVotes) mostVotes = votes
        if (votes < minVotes || isTied || votes === 0) continue
        const fraction = counts[from + winner]! / votes
        // Fractions of up to so many votes are at least 1e-6 apart.
        const slot = best_A[winner]!.offer(fraction + Math.min(votes, COUNTED) * 1e-9, row)
        if (slot !== -1) kept_A[winner]![slot] = { row, fraction, votes }
      }
    },
    found_A: () => best_A.map((heap, a) => heap.ranked().map(({ slot }) => kept_A[a]![slot]!)),
    get mostVotes() {
      return mostVotes
    },
  }
}
