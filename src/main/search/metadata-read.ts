import { setImmediate } from 'node:timers/promises'
import type { Texts } from '@shared/science/filter/compare'
import type { ReadableDb } from '@main/catalogue/database'
import type { GalaxyRows } from './galaxy-rows'

const PAGE = 10_000
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
/** What tables write where there is no number, or none that a filter could compare with. */
const NO_NUMBER = /^(?:nan|null|none|n\/a|masked|-+|[+-]?inf(?:inity)?)$/i
/** Longer whole numbers are names, such as an SDSS objid, also with `.0` behind: a JavaScript number would round them. */
const MOST_DIGITS = 15

/** A column of the imported tables: numbers where every value is one. */
export type MetadataColumn = { readonly type: 'number'; readonly numbers: Float64Array } | ({ readonly type: 'text' } & Texts)

/** The number that a cell holds, NaN where it says that there is none; null when it is a text. */
export function numberIn(cell: string): number | null {
  const text = cell.trim()
  if (!NUMBER.test(text)) return text === '' || NO_NUMBER.test(text) ? NaN : null
  const whole = text.replace(/\.0*$/, '')
  if (whole.length > MOST_DIGITS && /^[+-]?\d+$/.test(whole)) return null
  const number = Number(text)
  return Number.isFinite(number) ? number : null
}

/** The metadata of the galaxies from row `start` on, with other work of the thread in between. */
async function* metadataFrom(
  db: ReadableDb,
  rows: GalaxyRows,
  start: number,
): AsyncGenerator<[row: number, metadata: Record<string, string>]> {
  const page = db
    .prepare<[number, number], [number, string]>(
      'SELECT galaxy_key, metadata FROM galaxies WHERE galaxy_key > ? ORDER BY galaxy_key LIMIT ?',
    )
    .raw()
  for (let after = start === 0 ? 0 : rows.keys[start - 1]!; ;) {
    const found = page.all(after, PAGE)
    for (const [key, metadata] of found) {
      const row = rows.rowOf(key)
      if (row !== -1) yield [row, JSON.parse(metadata) as Record<string, string>]
    }
    if (found.length < PAGE) return
    after = found.at(-1)![0]
    await setImmediate()
  }
}

/** Columns as far as they were read; null: no galaxy has a value in it. */
type ReadColumns = ReadonlyMap<string, MetadataColumn | null>

/**
 * Reads these columns in one walk over the galaxies, or goes on from `before` with the galaxies that came since. A column in which a text turns up
 * among numbers is read again as texts.
 */
export async function readMetadata(db: ReadableDb, names: readonly string[], rows: GalaxyRows, before: ReadColumns): Promise<ReadColumns> {
  const builders = new Map(names.map((name) => [name, columnBuilder(rows.count, before.get(name) ?? null)]))
  const start = Math.min(...names.map((name) => lengthOf(before.get(name))))
  for await (const [row, metadata] of metadataFrom(db, rows, start))
    for (const [name, builder] of builders) if (metadata[name] !== undefined) builder.take(row, metadata[name])
  const mixed = names.filter((name) => builders.get(name)!.isMixed())
  if (mixed.length > 0) {
    const texts = mixed.map((name) => [name, textBuilder(rows.count, null)] as const)
    for await (const [row, metadata] of metadataFrom(db, rows, 0))
      for (const [name, builder] of texts) if (metadata[name] !== undefined) builder.take(row, metadata[name])
    for (const [name, builder] of texts) builders.set(name, builder)
  }
  return new Map(Array.from(builders, ([name, builder]) => [name, builder.finish()]))
}

function lengthOf(column: MetadataColumn | null | undefined): number {
  if (!column) return 0
  return column.type === 'number' ? column.numbers.length : column.codes.length
}

type Builder = {
  take: (row: number, cell: string) => void
  /** A text turned up among numbers. */
  isMixed: () => boolean
  finish: () => MetadataColumn | null
}

function columnBuilder(count: number, before: MetadataColumn | null): Builder {
  return before?.type === 'text' ? textBuilder(count, before) : numberBuilder(count, before?.numbers ?? null)
}

function numberBuilder(count: number, before: Float64Array | null): Builder {
  const numbers = new Float64Array(count).fill(NaN)
  if (before !== null) numbers.set(before)
  let [isEmpty, isMixed] = [before === null, false]
  return {
    take(row, cell) {
      const number = numberIn(cell)
      if (number === null) isMixed = true
      else numbers[row] = number
      isEmpty = false
    },
    isMixed: () => isMixed,
    finish: () => (isEmpty ? null : { type: 'number', numbers }),
  }
}

function textBuilder(count: number, before: Texts | null): Builder {
  const codes = new Int32Array(count).fill(-1)
  const values = [...(before?.values ?? [])]
  const codeOf = new Map(values.map((value, code) => [value, code]))
  if (before !== null) codes.set(before.codes)
  return {
    take(row, cell) {
      let code = codeOf.get(cell)
      if (code === undefined) {
        code = values.push(cell) - 1
        codeOf.set(cell, code)
      }
      codes[row] = code
    },
    isMixed: () => false,
    finish: () => (values.length === 0 ? null : { type: 'text', codes, values }),
  }
}

/** A column as a list of columns tells it; `low` and `high` null for texts and where there is no number. */
export type MetadataInfo = { readonly type: 'number' | 'text'; readonly low: number | null; readonly high: number | null }

/** `columns` in the order they turn up; `numbers` [N] of those that hold nothing else. */
type MetadataList = { readonly columns: ReadonlyMap<string, MetadataInfo>; readonly numbers: ReadonlyMap<string, Float64Array> }

/** Every column of the imported tables, and on the way the values of the first columns of numbers, as many as `mostBytes` hold. A walk over all galaxies. */
export async function listMetadata(db: ReadableDb, rows: GalaxyRows, mostBytes: number): Promise<MetadataList> {
  const columns = new Map<string, { type: 'number' | 'text'; low: number; high: number }>()
  const numbers = new Map<string, Float64Array>()
  for await (const [row, metadata] of metadataFrom(db, rows, 0)) {
    for (const name in metadata) {
      let column = columns.get(name)
      if (column === undefined) {
        column = { type: 'number', low: Infinity, high: -Infinity }
        columns.set(name, column)
        if ((numbers.size + 1) * rows.count * Float64Array.BYTES_PER_ELEMENT <= mostBytes)
          numbers.set(name, new Float64Array(rows.count).fill(NaN))
      }
      if (column.type === 'text') continue
      const number = numberIn(metadata[name]!)
      if (number === null) {
        column.type = 'text'
        numbers.delete(name)
        continue
      }
      const values = numbers.get(name)
      if (values !== undefined) values[row] = number
      if (number < column.low) column.low = number
      if (number > column.high) column.high = number
    }
  }
  const isRanged = ({ type, low, high }: { type: 'number' | 'text'; low: number; high: number }) => type === 'number' && low <= high
  const infos = Array.from(columns, ([name, column]) => {
    const { type, low, high } = column
    return [name, isRanged(column) ? { type, low, high } : { type, low: null, high: null }] as const
  })
  return { columns: new Map(infos), numbers }
}
