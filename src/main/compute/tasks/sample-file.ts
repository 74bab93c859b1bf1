import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { writeFully } from './positional'

const ROWS_AT_ONCE = 256

/** Rows of `width` float32 in a file: written once in order, then read at any place, a chunk at a time. Removed when closed. */
export type SampleFile = { append: (row: Float32Array) => void; row: (index: number) => Float32Array; close: () => void }

/** The samples of a survey do not fit in memory (a million galaxies × 75 samples × 34 answers are 10 GB), and scoring reads them in order. */
export function createSampleFile(path: string, width: number): SampleFile {
  const file = openSync(path, 'w+')
  const pending = new Float32Array(ROWS_AT_ONCE * width)
  const chunk = new Float32Array(ROWS_AT_ONCE * width)
  let written = 0
  let pendingRows = 0
  let chunkStart = -1

  function flush(): void {
    if (pendingRows === 0) return
    writeFully(file, new Uint8Array(pending.buffer, 0, pendingRows * width * 4), written * width * 4)
    written += pendingRows
    pendingRows = 0
  }

  return {
    append(row) {
      pending.set(row, pendingRows * width)
      pendingRows += 1
      if (pendingRows === ROWS_AT_ONCE) flush()
    },
    row(index) {
      flush()
      const start = index - (index % ROWS_AT_ONCE)
      if (start !== chunkStart) {
        readSync(file, new Uint8Array(chunk.buffer), 0, chunk.byteLength, start * width * 4)
        chunkStart = start
      }
      return chunk.subarray((index - start) * width, (index - start + 1) * width)
    },
    close() {
      closeSync(file)
      rmSync(path, { force: true })
    },
  }
}
