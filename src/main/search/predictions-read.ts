import type { ReadableDb } from '@main/catalogue/database'
import { blobPages } from './blob-pages'
import type { GalaxyRows } from './galaxy-rows'
import type { PredictingModel } from './standing'

/** The mean vote fractions [N, outputs] that a model predicts, row by row; NaN for a galaxy that it did not. */
export async function readFractions(db: ReadableDb, { id: modelId, outputs }: PredictingModel, rows: GalaxyRows): Promise<Float32Array> {
  const width = outputs.length
  const fractions_NA = new Float32Array(rows.count * width).fill(NaN)
  const from = 'SELECT galaxy_key, fractions AS blob FROM predictions WHERE model_id = :modelId'
  for await (const { keys, bytes } of blobPages(db, from, { modelId }, width * 4)) {
    const fractions = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
    keys.forEach((key, i) => {
      const row = rows.rowOf(key)
      if (row !== -1) fractions_NA.set(fractions.subarray(i * width, (i + 1) * width), row * width)
    })
  }
  return fractions_NA
}

/** One output [N] of them. */
export function outputOf(fractions_NA: Float32Array, outputs: number, output: number): Float32Array {
  const column = new Float32Array(fractions_NA.length / outputs)
  for (let row = 0, at = output; row < column.length; row++, at += outputs) column[row] = fractions_NA[at]!
  return column
}
