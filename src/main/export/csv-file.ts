import { createWriteStream } from 'node:fs'
import { access, constants, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { csvLines } from '@shared/contract/csv'
import { AppError } from '@shared/science/errors'

/**
 * Refuses what `writeCsv` could not write, before anything is computed for it; `what` is to be written, as in "predictions". Throws
 * `export/unknown-format` for any other ending than .csv, and `export/not-writable`.
 */
export async function checkCsvTarget(path: string, what: string): Promise<void> {
  if (!path.endsWith('.csv')) throw new AppError('export/unknown-format', `${path}: ${what} are written as .csv. Choose such a name.`)
  const folder = dirname(resolve(path))
  await access(folder, constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'does not exist' : 'cannot be written to'
    throw new AppError('export/not-writable', `${path}: the folder ${folder} ${reason}. Choose another.`, { cause: error })
  })
}

/** Writes rows as CSV, the first being the header. The file appears whole or not at all. Errors: those of `checkCsvTarget`, `export/failed`. */
export async function writeCsv(path: string, what: string, rows: Iterable<readonly string[]>): Promise<void> {
  await writeCsvText(path, what, linesOf(rows))
}

/** The same of what is CSV already, part by part. */
export async function writeCsvText(path: string, what: string, parts: Iterable<string>): Promise<void> {
  await checkCsvTarget(path, what)
  const temporary = `${path}.${process.pid}.part`
  try {
    await pipeline(Readable.from(parts), createWriteStream(temporary, { encoding: 'utf8' }))
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('export/failed', `${path} could not be written: ${reason}. Make room, or choose another place.`, { cause: error })
  }
}

function* linesOf(rows: Iterable<readonly string[]>): Generator<string> {
  for (const row of rows) yield csvLines([row])
}
