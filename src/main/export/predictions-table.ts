import type { ReadableDb } from '@main/catalogue/database'
import { readModel } from '@main/catalogue/models'
import { readPredictions } from '@main/catalogue/predictions'
import { writeCsv } from './csv-file'

/**
 * Writes the vote fractions that a model predicts as CSV, one row per galaxy: `id` and `{question}_{answer}_fraction`, the names that
 * astronomers know. Errors: those of `writeCsv`, `model/unknown` and `predict/cut-off`.
 */
export async function writePredictions(db: ReadableDb, modelId: string, path: string): Promise<void> {
  await writeCsv(path, 'predictions', rows(db, modelId, readModel(db, modelId).outputs))
}

function* rows(db: ReadableDb, modelId: string, outputs: readonly string[]): Generator<string[]> {
  yield ['id', ...outputs.map((output) => `${output}_fraction`)]
  for (const { id, fraction_A } of readPredictions(db, modelId)) yield [id, ...Array.from(fraction_A, (fraction) => fraction.toFixed(6))]
}
