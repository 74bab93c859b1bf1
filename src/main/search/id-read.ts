import type { ReadableDb } from '@main/catalogue/database'
import type { GalaxyRows } from './galaxy-rows'

/** The rows of the galaxies with this id, or for `~` one like it: `*` stands for any letters, `?` for one. By the index of the ids. */
export function rowsWithId(db: ReadableDb, rows: GalaxyRows, operator: '=' | '~', value: string): Int32Array {
  // SQLite's own pattern has [ as well.
  const [sign, wanted] = operator === '=' ? ['=', value] : ['GLOB', value.replaceAll('[', '[[]')]
  const keys = db.prepare<[string], number>(`SELECT galaxy_key FROM galaxies WHERE id ${sign} ?`).pluck().all(wanted)
  return Int32Array.from(keys, rows.rowOf).filter((row) => row !== -1)
}

/** The place [N] of each galaxy when they are sorted by id. */
export function readIdOrder(db: ReadableDb, rows: GalaxyRows): Float64Array {
  const place = new Float64Array(rows.count)
  let next = 0
  // The index alone: galaxies of an import that is still running are in it too, and have no row.
  for (const key of db.prepare<[], number>('SELECT galaxy_key FROM all_galaxies ORDER BY id').pluck().iterate()) {
    const row = rows.rowOf(key)
    if (row !== -1) place[row] = next++
  }
  return place
}
