import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { once } from 'node:events'
import { AppError } from '@shared/science/errors'
import type { ReadableDb } from '@main/catalogue/database'
import { readModel } from '@main/catalogue/models'
import { readPredictions } from '@main/catalogue/predictions'

/**
 * Writes the vote fractions that a model predicts as CSV, one row per galaxy: `id` and `{question}_{answer}_fraction`, the names that
 * astronomers know. The file appears whole or not at all. Throws `export/unknown-format` for any other ending, and `model/unknown`.
 */
export async function writePredictions(db: ReadableDb, modelId: string, path: string): Promise<void> {
  if (!path.endsWith('.csv')) throw new AppError('export/unknown-format', `${path}: predictions are written as .csv.`)
  const { outputs } = readModel(db, modelId)
  const temporary = `${path}.${process.pid}.part`
  const file = createWriteStream(temporary, { encoding: 'utf8' })
  file.write(`${['id', ...outputs.map((output) => `${output}_fraction`)].join(',')}\n`)
  for (const { id, fraction_A } of readPredictions(db, modelId)) {
    const isFull = !file.write(`${[quoted(id), ...Array.from(fraction_A, (fraction) => fraction.toFixed(6))].join(',')}\n`)
    if (isFull) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
  await rename(temporary, path)
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
