import { closeSync, openSync } from 'node:fs'
import { readFully } from '../tasks/positional'

/**
 * Where the samples of galaxies are: rows of float32 (the samples of one galaxy, little-endian) in a file from `offsetBytes` on, in memory that
 * threads share, or in a ring of chunks that is filled while it is read (see `ring.ts`).
 */
export type RowSource =
  | { readonly kind: 'file'; readonly path: string; readonly offsetBytes: number }
  | { readonly kind: 'memory'; readonly values: Float32Array }
  | { readonly kind: 'ring'; readonly values: Float32Array; readonly slots: number; readonly state: Int32Array }

/**
 * Copies rows out of a source, in one thread. `read` takes the first of `count` rows that follow each other, or the place of each; false when
 * they will never be there. `done` says that the chunk that begins with row `first` is scored.
 */
export type RowReader = {
  read: (rows: ArrayLike<number> | number, count: number, into: Float32Array) => boolean
  done: (first: number) => void
  close: () => void
}

/** Opens a file or memory for rows of `width` numbers. */
export function openRows(source: Exclude<RowSource, { kind: 'ring' }>, width: number): RowReader {
  if (source.kind === 'memory') {
    const { values } = source
    return rowReader(width, (row, count, into) => into.set(values.subarray(row * width, (row + count) * width)))
  }
  const file = openSync(source.path, 'r')
  const rowBytes = width * 4
  return rowReader(
    width,
    (row, count, into) =>
      readFully(file, new Uint8Array(into.buffer, into.byteOffset, count * rowBytes), source.offsetBytes + row * rowBytes),
    () => closeSync(file),
  )
}

function rowReader(
  width: number,
  readRun: (row: number, count: number, into: Float32Array) => void,
  close: () => void = () => undefined,
): RowReader {
  return {
    read(rows, count, into) {
      if (typeof rows === 'number') readRun(rows, count, into)
      else for (let i = 0; i < count; i++) readRun(rows[i]!, 1, into.subarray(i * width, (i + 1) * width))
      return true
    },
    done: () => undefined,
    close,
  }
}
