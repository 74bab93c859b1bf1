import type { Numbers, Texts } from '@shared/science/filter/compare'
import type { Directions } from '@shared/science/filter/cone'
import { evaluate, type GalaxyValues } from '@shared/science/filter/evaluate'
import { knownColumnText } from '@shared/science/filter/find-column'
import { sortByNumbers, sortByTexts } from '@shared/science/filter/sort-rows'
import { trueRows } from '@shared/science/filter/truth'
import type { KnownColumn } from '@shared/science/filter/vocabulary'
import type { ReadableDb } from '@main/catalogue/database'
import type { Columns } from './columns'
import { rowsWithId } from './id-read'
import type { Memory } from './memory'
import { columnBasis, columnsNeeded, findQuery, needsDirections, type AskedQuery, type Query } from './query'
import { inState } from './sides'
import type { Standing } from './standing'

/** What was found, and how the catalogue stood then. */
export type Found = { readonly rows: Int32Array; readonly query: Query; readonly standing: Standing }

type Loaded = { readonly values: ReadonlyMap<string, Numbers | Texts>; readonly directions: Directions | null }

/**
 * Finds the galaxies of a search, in their order. The columns are read first, with other work in between; where the catalogue has changed in what
 * they hold meanwhile, they are brought up to date before anything is computed. All the rest is as it stands when the answer is made.
 */
export function createFinder(
  db: ReadableDb,
  read: () => Standing,
  columns: Columns,
  memory: Memory,
): (asked: AskedQuery) => Promise<Found> {
  async function load(query: Query, standing: Standing): Promise<Loaded> {
    const needed = columnsNeeded(query).filter(({ kind }) => kind !== 'id' || query.sort?.kind === 'id')
    const byName = new Map(needed.map((column) => [knownColumnText(column), column]))
    const values = await Promise.all(Array.from(byName, async ([name, column]) => [name, await columns.values(column, standing)] as const))
    return { values: new Map(values), directions: needsDirections(query) ? await columns.directions(standing) : null }
  }

  return async (asked) => {
    for (;;) {
      const before = read()
      const query = await findQuery(asked, columns, before)
      const loaded = await load(query, before)
      const standing = read()
      if (columnBasis(asked, query, standing) !== columnBasis(asked, query, before)) continue
      const rows = trueRows(evaluate(query.filter, galaxyValues(db, loaded, standing, memory)))
      return { rows: sorted(rows, query, loaded), query, standing }
    }
  }
}

function galaxyValues(db: ReadableDb, { values, directions }: Loaded, standing: Standing, memory: Memory): GalaxyValues {
  const { rows } = standing
  const valuesOf = (column: KnownColumn) => values.get(knownColumnText(column))!
  return {
    count: rows.count,
    numbers: (column) => valuesOf(column) as Numbers,
    texts: (column) => valuesOf(column) as Texts,
    directions: () => directions!,
    withId: (operator, value) => rowsWithId(db, rows, operator, value),
    inState: (state) => inState(state, memory.sides(standing), memory.labels(standing)),
    inRound: (round) => memory.round(round, standing),
    *annotatedBy(test) {
      for (const [row, { annotators }] of memory.labels(standing).byRow) if (annotators.some(test)) yield row
    },
    *answersTo(question) {
      for (const [row, { answers }] of memory.labels(standing).byRow) {
        const given = answers.flatMap((entry) => (entry.question === question ? [entry.answer] : []))
        if (given.length > 0) yield [row, new Set(given)]
      }
    },
  }
}

/** In the order of the keys, which is that of the rows, where nothing else is asked for. */
function sorted(rows: Int32Array, { sort, descending }: Query, { values }: Loaded): Int32Array {
  if (sort === null) return descending ? rows.reverse() : rows
  const column = values.get(knownColumnText(sort))!
  return 'codes' in column ? sortByTexts(rows, column, descending) : sortByNumbers(rows, column, descending)
}
