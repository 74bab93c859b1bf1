import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Sqlite, { SqliteError, type Database } from 'better-sqlite3'
import { AppError } from '@shared/science/errors'
import type { ReadableDb, WritableDb } from './database'
import { removeInterruptedImports } from './interrupted-imports'
import { fillLabelStates } from './label-states'
import { APPLICATION_ID, catalogueVersion, migrate, refuseNewer } from './migrate'
import { migrations } from './migrations'

export type { ReadableDb, WritableDb } from './database'

export const CATALOGUE_FILE = 'catalogue.sqlite'

/** How long a write waits for another process's transaction; an import's batch takes a tenth of a second. */
const BUSY_TIMEOUT_MS = 10_000
/** How long what is tried again anyway waits: the thread that waits answers nobody. */
const SHORT_TIMEOUT_MS = 500
const CACHE_KIB = 64 * 1024

type OpenOptions = {
  /** Hears in a sentence what opening had to do: a migration with its backup, an interrupted import removed. */
  onNotice?: (message: string) => void
}

/**
 * Opens the catalogue of the project folder `projectPath`. Opened for writing it is migrated (after a backup) and rid of what interrupted
 * imports left; a running import of another process is left alone. Errors: `catalogue/missing`, `catalogue/corrupt`, `catalogue/foreign`,
 * `catalogue/newer`, and for reading only `catalogue/older`.
 */
export function openCatalogue(projectPath: string, options: OpenOptions & { readonly: true }): ReadableDb
export function openCatalogue(projectPath: string, options?: OpenOptions & { readonly?: false }): WritableDb
export function openCatalogue(projectPath: string, { readonly = false, onNotice }: OpenOptions & { readonly?: boolean } = {}): ReadableDb {
  const path = join(resolve(projectPath), CATALOGUE_FILE)
  if (!existsSync(path)) {
    throw new AppError(
      'catalogue/missing',
      `${resolve(projectPath)} is no project: it holds no ${CATALOGUE_FILE}. Choose a folder made by Galaxy Desk.`,
    )
  }
  return orCorrupt(path, () => {
    refuseCutOff(path)
    const db = new Sqlite(path, { readonly, timeout: BUSY_TIMEOUT_MS })
    try {
      refuseForeign(db)
      refuseNewer(db)
      return readonly ? openedForReading(db) : openedForWriting(db, onNotice)
    } catch (error) {
      db.close()
      throw error
    }
  })
}

/** Does a write that whoever asked for it tries again: where another program holds the catalogue it fails soon. */
export function withShortWait<T>(db: WritableDb, write: () => T): T {
  db.pragma(`busy_timeout = ${SHORT_TIMEOUT_MS}`)
  try {
    return write()
  } finally {
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}

/** Makes the catalogue of a new project. */
export function createCatalogue(folder: string): WritableDb {
  const db = new Sqlite(join(folder, CATALOGUE_FILE), { timeout: BUSY_TIMEOUT_MS })
  return openedForWriting(db)
}

function openedForReading(db: Database): ReadableDb {
  if (catalogueVersion(db) < migrations.length) {
    throw new AppError(
      'catalogue/older',
      `${db.name} was written by an older Galaxy Desk. Open the project once for writing: it is backed up and brought up to date.`,
    )
  }
  db.pragma(`cache_size = -${CACHE_KIB}`)
  return db as ReadableDb
}

function openedForWriting(db: Database, onNotice?: (message: string) => void): WritableDb {
  // With synchronous = FULL a commit is on the disk when it returns: that is what "saved" means on screen.
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma(`cache_size = -${CACHE_KIB}`)
  const writable = db as WritableDb
  const backup = migrate(writable)
  if (backup !== null) onNotice?.(`The catalogue was brought up to date; the old one is kept as ${backup}.`)
  fillLabelStates(writable)
  const removed = removeInterruptedImports(writable)
  if (removed > 0) onNotice?.(`An import had been interrupted; its ${removed} galaxies were removed. Import them again.`)
  return writable
}

function refuseForeign(db: Database): void {
  if ((db.pragma('application_id', { simple: true }) as number) !== APPLICATION_ID) {
    throw new AppError('catalogue/foreign', `${db.name} is a database, but no catalogue of Galaxy Desk. Choose another project folder.`)
  }
}

/** A file shorter than its header says was copied only in part; SQLite itself would notice much later. Pages may be in the log instead. */
function refuseCutOff(path: string): void {
  const walSize = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  if (walSize > 0) return
  const db = new Sqlite(path, { readonly: true })
  try {
    const expected = (db.pragma('page_count', { simple: true }) as number) * (db.pragma('page_size', { simple: true }) as number)
    if (statSync(path).size < expected) throw corrupt(path)
  } finally {
    db.close()
  }
}

function corrupt(path: string, cause?: unknown): AppError {
  return new AppError(
    'catalogue/corrupt',
    `${path} is damaged or no catalogue. Put back the latest copy from the folder backups beside it, or your own backup.`,
    { cause },
  )
}

function orCorrupt<T>(path: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (error instanceof SqliteError && ['SQLITE_NOTADB', 'SQLITE_CORRUPT'].includes(error.code)) throw corrupt(path, error)
    throw error
  }
}
