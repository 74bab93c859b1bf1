import { AppError } from '@shared/science/errors'
import type { FitsBytes } from '../bytes'
import { textValue, wholeNumber, type FitsUnit } from '../header'

/** Bytes of one element of each type of column; of P and Q, of the descriptor that stands in the row. X counts bits. */
const WIDTHS: Record<string, number> = { L: 1, B: 1, I: 2, J: 4, K: 8, A: 1, E: 4, D: 8, C: 8, M: 16, P: 8, Q: 16 }

type Column = { readonly offset: number; readonly type: string }

/** A binary table (FITS Standard 4.0, section 7.3) by its rows, counted from 0, and the names of its columns. */
export type BinaryTable = {
  readonly rows: number
  readonly has: (column: string) => boolean
  /** What a column of variable length holds in a row; empty where there is nothing. Throws `fits/truncated`. */
  readonly array: (column: string, row: number) => Uint8Array
  /** The number in a column of one number a row; null where there is no such column. Throws `fits/bad-header` for another type. */
  readonly number: (column: string, row: number) => number | null
}

/** Throws `fits/bad-header` where the columns are not said, and `fits/truncated` where the table's rows are not all there. */
export function openTable({ header, dataAt }: FitsUnit, file: FitsBytes): BinaryTable {
  const [rowBytes, rows] = [wholeNumber(header, 'NAXIS1'), wholeNumber(header, 'NAXIS2')]
  const heapAt = dataAt + wholeNumber(header, 'THEAP', rowBytes * rows)
  const columns = columnsOf(header, rowBytes)
  const table = file.read(dataAt, rowBytes * rows)
  if (table.length < rowBytes * rows) throw truncated(dataAt + rowBytes * rows, file.length)
  const view = new DataView(table.buffer, table.byteOffset, table.length)
  return {
    rows,
    has: (name) => columns.has(name),
    array(name, row) {
      const column = columns.get(name)
      if (column === undefined) return new Uint8Array(0)
      const at = row * rowBytes + column.offset
      const isWide = column.type[0] === 'Q'
      if (!isWide && column.type[0] !== 'P')
        throw new AppError('fits/bad-header', `its column ${name} is of type ${column.type}, not of variable length`)
      const count = isWide ? Number(view.getBigInt64(at)) : view.getUint32(at)
      const offset = isWide ? Number(view.getBigInt64(at + 8)) : view.getUint32(at + 4)
      const length = count * (WIDTHS[column.type[1] ?? ''] ?? 0)
      const [begin, found] = [heapAt + offset, file.read(heapAt + offset, length)]
      if (found.length < length) throw truncated(begin + length, file.length)
      return found
    },
    number(name, row) {
      const column = columns.get(name)
      if (column === undefined) return null
      const at = row * rowBytes + column.offset
      if (column.type === 'D') return view.getFloat64(at)
      if (column.type === 'E') return view.getFloat32(at)
      if (column.type === 'J') return view.getInt32(at)
      if (column.type === 'I') return view.getInt16(at)
      throw new AppError('fits/bad-header', `its column ${name} is of type ${column.type}, which is not read`)
    },
  }
}

function columnsOf(header: FitsUnit['header'], rowBytes: number): Map<string, Column> {
  const columns = new Map<string, Column>()
  let offset = 0
  for (let number = 1; number <= wholeNumber(header, 'TFIELDS'); number++) {
    const form = textValue(header, `TFORM${number}`)
    const [, repeat, type, element] = /^\s*(\d*)([LXBIJKAEDCMPQ])([LXBIJKAEDCM]?)/.exec(form ?? '') ?? []
    if (type === undefined)
      throw new AppError('fits/bad-header', `its header says TFORM${number} = ${form ?? 'nothing'}, which is no column`)
    const count = repeat === '' || repeat === undefined ? 1 : Number(repeat)
    const name = textValue(header, `TTYPE${number}`)
    if (name !== null) columns.set(name.toUpperCase(), { offset, type: type + (type === 'P' || type === 'Q' ? (element ?? '') : '') })
    offset += type === 'X' ? Math.ceil(count / 8) : count * WIDTHS[type]!
  }
  if (offset === rowBytes) return columns
  throw new AppError('fits/bad-header', `its header says NAXIS1 = ${rowBytes}, while its columns take ${offset} bytes`)
}

function truncated(end: number, length: number): AppError {
  return new AppError('fits/truncated', `it is truncated: ${end} bytes are described, ${length} are there`)
}
