import type { ReadableDb } from '@main/catalogue/database'
import type { Kept } from './kept'
import { listMetadata, readMetadata, type MetadataColumn, type MetadataInfo } from './metadata-read'
import type { Shelf, Shelved } from './shelf'
import { shelfStamp, stampOf } from './stamps'
import type { Standing } from './standing'

/** Columns of the imported tables. */
export type MetadataColumns = {
  /** In one walk over the survey for those that are neither in memory nor on the shelf; null: no galaxy has a value. */
  read: (names: readonly string[], standing: Standing) => Promise<ReadonlyMap<string, MetadataColumn | null>>
  list: (standing: Standing) => Promise<ReadonlyMap<string, MetadataInfo>>
}

const LIST = 'list of columns'
/** Bytes of a text beside its letters. */
const TEXT_OVERHEAD = 40
/** What the walk for the list may hold of columns of numbers, which it puts on the shelf: 16 columns of a million galaxies. */
const LIST_BYTES = 128 * 1024 * 1024

const nameOf = (column: string) => `column ${column}`

export function createMetadataColumns(db: ReadableDb, kept: Kept, shelf: Shelf): MetadataColumns {
  const stampFor = (standing: Standing) => stampOf({ kind: 'ra' }, standing)
  const find = (name: string, standing: Standing, wanted: readonly string[] | null) =>
    shelf.read(name, shelfStamp(stampFor(standing), standing), wanted)

  function put(name: string, column: MetadataColumn, standing: Standing): void {
    const { facts, arrays } = shelvedOf(column)
    void shelf.write(nameOf(name), shelfStamp(stampFor(standing), standing), facts, arrays)
  }

  async function list(standing: Standing): Promise<ReadonlyMap<string, MetadataInfo>> {
    const { rows } = standing
    const shelved = find(LIST, standing, [])
    if (shelved !== null) return new Map(shelved.facts as [string, MetadataInfo][])
    const isUseful = shelf.isUseful(rows.count)
    const { columns, numbers } = await listMetadata(db, rows, isUseful ? LIST_BYTES : 0)
    if (isUseful) {
      for (const [name, values] of numbers) put(name, { type: 'number', numbers: values }, standing)
      void shelf.write(LIST, shelfStamp(stampFor(standing), standing), [...columns], {})
    }
    return columns
  }

  return {
    list: (standing) =>
      kept.get<ReadonlyMap<string, MetadataInfo>>(
        LIST,
        stampFor(standing),
        () => 0,
        () => list(standing),
      ),
    async read(names, standing) {
      const { rows } = standing
      const missing = new Map<string, MetadataColumn | null>()
      // Begun when all that are missing have put down their names.
      let reading: ReturnType<typeof readMetadata> | null = null
      const readOne = async (name: string, last: MetadataColumn | null) => {
        const shelved = find(nameOf(name), standing, null)
        if (shelved !== null) return columnOf(shelved)
        missing.set(name, last)
        reading ??= Promise.resolve().then(() => readMetadata(db, [...missing.keys()], rows, missing))
        const column = (await reading).get(name) ?? null
        if (column !== null && shelf.isUseful(rows.count)) put(name, column, standing)
        return column
      }
      const columns = await Promise.all(
        names.map((name) => kept.get<MetadataColumn | null>(nameOf(name), stampFor(standing), sizeOf, (last) => readOne(name, last))),
      )
      return new Map(names.map((name, i) => [name, columns[i]!]))
    },
  }
}

function shelvedOf(column: MetadataColumn): { facts: unknown; arrays: Record<string, Float64Array | Int32Array> } {
  return column.type === 'number'
    ? { facts: null, arrays: { numbers: column.numbers } }
    : { facts: column.values, arrays: { codes: column.codes } }
}

function columnOf({ facts, arrays }: Shelved): MetadataColumn {
  const numbers = arrays.get('numbers')
  if (numbers !== undefined) return { type: 'number', numbers: numbers as Float64Array }
  return { type: 'text', codes: arrays.get('codes') as Int32Array, values: facts as string[] }
}

function sizeOf(column: MetadataColumn | null): number {
  if (column === null) return 0
  if (column.type === 'number') return column.numbers.byteLength
  return column.values.reduce((sum, value) => sum + 2 * value.length + TEXT_OVERHEAD, column.codes.byteLength)
}
