import { closeSync, openSync, rmSync } from 'node:fs'
import type { RowSource } from '../score/source'
import { writeFully } from './positional'

/** Above this samples lie in a file: scoring must not take the memory that the engine needs. */
const MAX_MEMORY_BYTES = 256 * 2 ** 20

/**
 * Rows of `width` float32 that are written at any place and read again as a source. In memory that threads share when they are few, else in a
 * file at `path`, which is removed when closed: 10,000 galaxies × 1,000 samples × 34 answers are 1.4 GB.
 */
export type SampleFile = {
  write: (row: number, samples: Float32Array) => void
  source: () => Exclude<RowSource, { kind: 'ring' }>
  close: () => void
}

export function createSampleFile(path: string, width: number, rows: number, maxMemoryBytes = MAX_MEMORY_BYTES): SampleFile {
  const rowBytes = 4 * width
  if (rows * rowBytes <= maxMemoryBytes) {
    const values = new Float32Array(new SharedArrayBuffer(rows * rowBytes))
    return {
      write: (row, samples) => values.set(samples, row * width),
      source: () => ({ kind: 'memory', values }),
      close: () => undefined,
    }
  }
  const file = openSync(path, 'w+')
  return {
    write: (row, samples) => writeFully(file, new Uint8Array(samples.buffer, samples.byteOffset, rowBytes), row * rowBytes),
    source: () => ({ kind: 'file', path, offsetBytes: 0 }),
    close() {
      closeSync(file)
      rmSync(path, { force: true })
    },
  }
}
