import type { State } from '@shared/science/filter/filter-tree'
import { TRUE, type Truth } from '@shared/science/filter/truth'
import type { ReadableDb } from '@main/catalogue/database'
import type { GalaxyRows } from './galaxy-rows'
import type { LabelFacts } from './label-facts'

const [POOL, TEST, EXCLUDED] = [0, 1, 2]

/** Of a `side_N`. */
export const isPool = (side: number): boolean => side === POOL

/** On which side of the split each galaxy is [N], and whether its recorded votes were revealed [N]. */
export type Sides = { readonly side_N: Uint8Array; readonly isRevealed_N: Uint8Array }

export function readSides(db: ReadableDb, rows: GalaxyRows): Sides {
  const [side_N, isRevealed_N] = [new Uint8Array(rows.count), new Uint8Array(rows.count)]
  mark(side_N, TEST, "held_out WHERE side = 'test'")
  mark(side_N, EXCLUDED, "held_out WHERE side <> 'test'")
  mark(isRevealed_N, 1, 'revealed_votes')

  /** SQLite joins the keys to one text: handing over each by itself takes five times as long. */
  function mark(marks_N: Uint8Array, value: number, from: string): void {
    const keys = db.prepare<[], string>(`SELECT json_group_array(galaxy_key) FROM ${from}`).pluck().get()!
    for (const key of JSON.parse(keys) as number[]) {
      const row = rows.rowOf(key)
      if (row !== -1) marks_N[row] = value
    }
  }
  return { side_N, isRevealed_N }
}

/** The states of one galaxy, in the order of `states`. */
export function statesOf(row: number, { side_N, isRevealed_N }: Sides, labels: LabelFacts): State[] {
  const given = labels.byRow.get(row)
  const isPool = side_N[row] === POOL
  const isLabelled = isPool && (isRevealed_N[row] === 1 || given?.isAnswered === true)
  const marks: [State, boolean][] = [
    ['labelled', isLabelled],
    ['flagged', given?.isFlagged === true],
    ['starred', given?.isStarred === true],
    ['skipped', given?.isSkipped === true],
    ['test', side_N[row] === TEST],
    ['excluded', side_N[row] === EXCLUDED],
    ['pool', isPool && !isLabelled],
  ]
  return marks.flatMap(([state, holds]) => (holds ? [state] : []))
}

/** Which galaxies are in a state [N]. */
export function inState(state: State, { side_N, isRevealed_N }: Sides, labels: LabelFacts): Truth {
  const truth = new Uint8Array(side_N.length)
  const side = state === 'test' ? TEST : state === 'excluded' ? EXCLUDED : POOL
  if (state === 'pool' || state === 'labelled') {
    const revealed = state === 'labelled' ? 1 : 0
    for (let row = 0; row < truth.length; row++) if (side_N[row] === POOL && isRevealed_N[row] === revealed) truth[row] = TRUE
  } else if (side !== POOL) {
    for (let row = 0; row < truth.length; row++) if (side_N[row] === side) truth[row] = TRUE
    return truth
  }
  // All else is said in the label log, which is short beside the survey.
  for (const row of labels.byRow.keys()) truth[row] = statesOf(row, { side_N, isRevealed_N }, labels).includes(state) ? TRUE : 0
  return truth
}
