import { createWriteStream } from 'node:fs'
import { access, constants, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@shared/science/errors'
import type { ReadableDb } from '@main/catalogue/database'
import { readModel } from '@main/catalogue/models'
import { readPredictions } from '@main/catalogue/predictions'

/**
 * Refuses what `writePredictions` could not write, before anything is computed for it. Throws `export/unknown-format` for any other ending
 * than .csv, and `export/not-writable`.
 */
export async function checkPredictionsTarget(path: string): Promise<void> {
  if (!path.endsWith('.csv')) throw new AppError('export/unknown-format', `${path}: predictions are written as .csv. Choose such a name.`)
  const folder = dirname(resolve(path))
  await access(folder, constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'does not exist' : 'cannot be written to'
    throw new AppError('export/not-writable', `${path}: the folder ${folder} ${reason}. Choose another.`, { cause: error })
  })
}

/**
 * Writes the vote fractions that a model predicts as CSV, one row per galaxy: `id` and `{question}_{answer}_fraction`, the names that
 * astronomers know. The file appears whole or not at all. Errors: those of `checkPredictionsTarget`, `export/failed`, and `model/unknown`.
 */
export async function writePredictions(db: ReadableDb, modelId: string, path: string): Promise<void> {
  await checkPredictionsTarget(path)
  const { outputs } = readModel(db, modelId)
  const temporary = `${path}.${process.pid}.part`
  try {
    await pipeline(Readable.from(lines(db, modelId, outputs)), createWriteStream(temporary, { encoding: 'utf8' }))
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('export/failed', `${path} could not be written: ${reason}. Make room, or choose another place.`, { cause: error })
  }
}

function* lines(db: ReadableDb, modelId: string, outputs: readonly string[]): Generator<string> {
  yield `${['id', ...outputs.map((output) => `${output}_fraction`)].join(',')}\n`
  for (const { id, fraction_A } of readPredictions(db, modelId))
    yield `${[quoted(id), ...Array.from(fraction_A, (fraction) => fraction.toFixed(6))].join(',')}\n`
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
