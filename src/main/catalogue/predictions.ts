import { setImmediate } from 'node:timers/promises'
import { AppError } from '@shared/science/errors'
import type { ReadableDb, WritableDb } from './database'
import { readSetting, writeSetting } from './settings'

const ROWS_PER_COMMIT = 5_000

/**
 * [Note: Predictions that were cut off] The predictions of a model are written in several transactions. The first one marks them, the last one
 * takes the mark away: where it stands, they are being written, or whoever wrote them was ended. They then count as none at all: filters,
 * hints, errors and tables of a part of the survey would pass for those of the whole.
 */
const markOf = (modelId: string) => `predicting:${modelId}`

/**
 * Keeps the mean vote fractions [N, outputs] that a model predicts for these galaxies, in place of earlier ones. Commits every 5,000 rows and
 * lets other work of the process run in between: labels go on being saved.
 */
export async function savePredictions(
  db: WritableDb,
  modelId: string,
  galaxyKeys: ArrayLike<number>,
  fractions_NA: Float32Array,
): Promise<void> {
  const outputs = fractions_NA.length / galaxyKeys.length
  if (galaxyKeys.length > 0 && !Number.isInteger(outputs))
    throw new Error(`${fractions_NA.length} fractions are not whole rows of ${galaxyKeys.length} galaxies`)
  const insert = db.prepare<[string, number, Buffer]>(
    `INSERT INTO predictions (model_id, galaxy_key, fractions) VALUES (?, ?, ?)
     ON CONFLICT (model_id, galaxy_key) DO UPDATE SET fractions = excluded.fractions`,
  )
  for (let start = 0; start < galaxyKeys.length; start += ROWS_PER_COMMIT) {
    const end = Math.min(start + ROWS_PER_COMMIT, galaxyKeys.length)
    db.transaction(() => {
      for (let i = start; i < end; i++)
        insert.run(modelId, galaxyKeys[i]!, encodeFractions(fractions_NA.subarray(i * outputs, (i + 1) * outputs)))
      writeSetting(db, markOf(modelId), end < galaxyKeys.length)
    }).immediate()
    await setImmediate()
  }
}

/** Whether only a part of the model's predictions is there: see [Note: Predictions that were cut off]. */
export function areCutOff(db: ReadableDb, modelId: string): boolean {
  return readSetting(db, markOf(modelId)) === true
}

/** Throws `predict/cut-off` where only a part of the model's predictions is there. */
export function refuseCutOff(db: ReadableDb, modelId: string): void {
  if (areCutOff(db, modelId))
    throw new AppError('predict/cut-off', `The predictions of ${modelId} were cut off while they were written. Predict again.`)
}

/** The mean vote fraction of each output of the model for a galaxy; null when it was not predicted. */
export function readPrediction(db: ReadableDb, modelId: string, galaxyKey: number): Float32Array | null {
  const bytes = db
    .prepare<[string, number], Buffer>('SELECT fractions FROM predictions WHERE model_id = ? AND galaxy_key = ?')
    .pluck()
    .get(modelId, galaxyKey)
  return bytes === undefined ? null : decodeFractions(bytes)
}

/** All predictions of a model, in the order of the keys. Throws `predict/cut-off`. */
export function* readPredictions(db: ReadableDb, modelId: string): Generator<{ galaxyKey: number; id: string; fraction_A: Float32Array }> {
  refuseCutOff(db, modelId)
  const rows = db.prepare<[string], { galaxyKey: number; id: string; fractions: Buffer }>(
    `SELECT predictions.galaxy_key AS galaxyKey, id, fractions FROM predictions JOIN galaxies USING (galaxy_key)
     WHERE model_id = ? ORDER BY predictions.galaxy_key`,
  )
  for (const { galaxyKey, id, fractions } of rows.iterate(modelId)) yield { galaxyKey, id, fraction_A: decodeFractions(fractions) }
}

function decodeFractions(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4))
}

function encodeFractions(fraction_A: Float32Array): Buffer {
  const bytes = Buffer.alloc(fraction_A.length * 4)
  fraction_A.forEach((fraction, i) => bytes.writeFloatLE(fraction, i * 4))
  return bytes
}
