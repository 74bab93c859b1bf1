import { join } from 'node:path'
import Sqlite, { SqliteError } from 'better-sqlite3'
import { projectFolder, type WritableDb } from './database'

/** Held while an import runs. `release` may be called twice. */
export type ImportLock = { readonly release: () => void }

/**
 * Takes the lock that says an import runs in this project; null when another import holds it. It is an exclusive transaction on a small
 * database of its own, so the operating system gives it back the moment its process dies, however it dies: a lock never outlives its import.
 */
export function takeImportLock(db: WritableDb): ImportLock | null {
  const lock = new Sqlite(join(projectFolder(db), 'import.lock'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw error
  }
  return { release: () => void lock.close() }
}
