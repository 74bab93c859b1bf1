import type { ReadableDb } from '@main/catalogue/database'
import { readLabelFacts, type LabelFacts } from './label-facts'
import { readRound } from './round-read'
import { readSides, type Sides } from './sides'
import type { Standing } from './standing'

/** What changes while people work: small beside the survey, always in memory once it was asked for, and brought up to date at once. */
export type Memory = {
  labels: (standing: Standing) => LabelFacts
  sides: (standing: Standing) => Sides
  /** The rows of a round's galaxies. */
  round: (round: number, standing: Standing) => Int32Array
}

export function createMemory(db: ReadableDb): Memory {
  let labels: LabelFacts | null = null
  let sides: (Sides & { readonly of: string }) | null = null
  const rounds = new Map<number, Int32Array>()
  let roundCount = 0
  return {
    labels: ({ tree, rows, labelSequence }) => (labels = readLabelFacts(db, tree.tree, rows, labelSequence, labels)),
    sides({ rows, sides: counts }) {
      const of = `${rows.count} ${counts.heldOut} ${counts.revealed}`
      if (sides?.of !== of) sides = { ...readSides(db, rows), of }
      return sides
    },
    round(round, { rows, rounds: opened }) {
      // A test galaxy that was left in one round may be asked for in the next instead.
      if (roundCount !== opened.length) rounds.clear()
      roundCount = opened.length
      const known = rounds.get(round)
      if (known !== undefined) return known
      const read = readRound(db, round, rows)
      rounds.set(round, read)
      return read
    },
  }
}
