import type { ReadableDb } from '@main/catalogue/database'
import type { Shelf } from './shelf'

const PAGE = 20_000

/**
 * The visible galaxies in the order of their keys, and where they are (degrees, NaN where unknown). A galaxy's place here is its row, which it
 * keeps: galaxies never go, and those of a later import have larger keys.
 */
export type GalaxyRows = {
  readonly count: number
  readonly keys: Int32Array
  readonly raDeg: Float64Array
  readonly decDeg: Float64Array
  /** -1 for the key of no visible galaxy. */
  rowOf: (galaxyKey: number) => number
}

const none: GalaxyRows = galaxyRows(new Int32Array(0), new Float64Array(0), new Float64Array(0))

/** Reads the galaxies that came after those of `before`; all of them from the shelf where they lie on it under this stamp. */
export function readGalaxyRows(db: ReadableDb, shelf: Shelf, stamp: string, before: GalaxyRows = none): GalaxyRows {
  const shelved = before.count === 0 ? shelf.read('galaxies', stamp, null)?.arrays : undefined
  if (shelved)
    return galaxyRows(shelved.get('keys') as Int32Array, shelved.get('raDeg') as Float64Array, shelved.get('decDeg') as Float64Array)
  const rows = readNewRows(db, before)
  if (shelf.isUseful(rows.count)) void shelf.write('galaxies', stamp, null, { keys: rows.keys, raDeg: rows.raDeg, decDeg: rows.decDeg })
  return rows
}

function readNewRows(db: ReadableDb, before: GalaxyRows): GalaxyRows {
  const pages: [number, number | null, number | null][][] = []
  const page = db
    .prepare<[number, number], [number, number | null, number | null]>(
      'SELECT galaxy_key, ra_deg, dec_deg FROM galaxies WHERE galaxy_key > ? ORDER BY galaxy_key LIMIT ?',
    )
    .raw()
  for (let after = before.keys.at(-1) ?? 0; ;) {
    const rows = page.all(after, PAGE)
    pages.push(rows)
    if (rows.length < PAGE) break
    after = rows.at(-1)![0]
  }
  const count = pages.reduce((sum, rows) => sum + rows.length, before.count)
  if (count === before.count) return before
  const [keys, raDeg, decDeg] = [new Int32Array(count), new Float64Array(count), new Float64Array(count)]
  keys.set(before.keys)
  raDeg.set(before.raDeg)
  decDeg.set(before.decDeg)
  let row = before.count
  for (const [key, ra, dec] of pages.flat()) {
    keys[row] = key
    raDeg[row] = ra ?? NaN
    decDeg[row++] = dec ?? NaN
  }
  return galaxyRows(keys, raDeg, decDeg)
}

function galaxyRows(keys: Int32Array, raDeg: Float64Array, decDeg: Float64Array): GalaxyRows {
  const [count, first, last] = [keys.length, keys[0] ?? 0, keys.at(-1) ?? -1]
  // The usual case; aborted imports leave gaps.
  const hasNoGaps = last - first + 1 === count
  const rowOf = (key: number) => (key < first || key > last ? -1 : hasNoGaps ? key - first : search(keys, key))
  return { count, keys, raDeg, decDeg, rowOf }
}

function search(keys: Int32Array, key: number): number {
  let [low, high] = [0, keys.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    if (keys[middle] === key) return middle
    if (keys[middle]! < key) low = middle + 1
    else high = middle - 1
  }
  return -1
}
