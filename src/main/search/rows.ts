import type { SearchRow } from '@shared/contract/search'
import type { Numbers, Texts } from '@shared/science/filter/compare'
import type { ReadableDb } from '@main/catalogue/database'
import type { Memory } from './memory'
import { statesOf } from './sides'
import type { Standing } from './standing'

/** A column of a page under the name it was asked for by; null for `id`, which every row has anyway. */
export type ShownColumn = { readonly name: string; readonly values: Numbers | Texts | null }

/** The galaxies of these rows as they are now, in this order. */
export function readRows(
  db: ReadableDb,
  rows: Int32Array,
  columns: readonly ShownColumn[],
  standing: Standing,
  memory: Memory,
): SearchRow[] {
  const [sides, labels] = [memory.sides(standing), memory.labels(standing)]
  const { keys, raDeg, decDeg } = standing.rows
  const known = db
    .prepare<[string], { galaxyKey: number; id: string; hasImage: number }>(
      `SELECT galaxy_key AS galaxyKey, id, EXISTS (SELECT 1 FROM views WHERE views.galaxy_key = galaxies.galaxy_key AND view = 1) AS hasImage
       FROM galaxies WHERE galaxy_key IN (SELECT value FROM json_each(?))`,
    )
    .all(JSON.stringify(Array.from(rows, (row) => keys[row]!)))
  const byKey = new Map(known.map((galaxy) => [galaxy.galaxyKey, galaxy]))
  return Array.from(rows, (row) => {
    const { galaxyKey, id, hasImage } = byKey.get(keys[row]!)!
    return {
      galaxyKey,
      id,
      raDeg: orNull(raDeg[row]!),
      decDeg: orNull(decDeg[row]!),
      imageUrl: hasImage === 1 ? `/api/galaxies/${galaxyKey}/image?view=1` : null,
      states: statesOf(row, sides, labels),
      values: Object.fromEntries(columns.map(({ name, values }) => [name, values === null ? id : valueAt(values, row)])),
    }
  })
}

function valueAt(values: Numbers | Texts, row: number): number | string | null {
  if ('codes' in values) return values.values[values.codes[row]!] ?? null
  return orNull(values[row]!)
}

function orNull(number: number): number | null {
  return Number.isNaN(number) ? null : number
}
