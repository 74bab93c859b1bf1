import { join } from 'node:path'
import Sqlite, { SqliteError } from 'better-sqlite3'

/** A lock of one process on a project. `release` may be called twice. */
export type ProcessLock = { readonly release: () => void }

/**
 * Takes a lock of the project folder; null when it is held, by another process or by this one. `import`: an import writes. `jobs`: the
 * project's jobs are run, so only the holder may call those of an earlier process interrupted. It is an exclusive transaction on a small
 * database of its own, so the operating system gives it back the moment its process dies, however it dies: a lock never outlives its holder.
 */
export function takeProcessLock(projectPath: string, name: 'import' | 'jobs'): ProcessLock | null {
  const lock = new Sqlite(join(projectPath, `${name}.lock`), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw error
  }
  return { release: () => void lock.close() }
}
