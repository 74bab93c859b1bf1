import type { ReadableDb } from '@main/catalogue/database'
import { blobPages } from './blob-pages'
import type { GalaxyRows } from './galaxy-rows'
import type { PredictingModel } from './standing'

/** The mean vote fractions that a model predicts, [N] for each of its outputs; NaN for a galaxy that it did not. */
export async function readFractions(db: ReadableDb, { id: modelId, outputs }: PredictingModel, rows: GalaxyRows): Promise<Float32Array[]> {
  const width = outputs.length
  const fractions_AN = outputs.map(() => new Float32Array(rows.count).fill(NaN))
  const from = 'SELECT galaxy_key, fractions AS blob FROM predictions WHERE model_id = :modelId'
  for await (const { keys, bytes } of blobPages(db, from, { modelId }, width * 4)) {
    const page_NA = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
    const pageRows = keys.map(rows.rowOf)
    fractions_AN.forEach((fractions_N, output) => {
      for (let i = 0; i < pageRows.length; i++) if (pageRows[i] !== -1) fractions_N[pageRows[i]!] = page_NA[i * width + output]!
    })
  }
  return fractions_AN
}
