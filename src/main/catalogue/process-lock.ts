import { join } from 'node:path'
import Sqlite, { SqliteError } from 'better-sqlite3'

/** A lock that one process holds. `release` may be called twice. */
export type ProcessLock = { readonly release: () => void }

/**
 * Takes a lock of the project folder; null when it is held, by another process or by this one. `import`: an import writes. `jobs`: the
 * project's jobs are run, so only the holder may call those of an earlier process interrupted. Waits `waitMs` for it, blocking.
 */
export function takeProcessLock(projectPath: string, name: 'import' | 'jobs', waitMs = 0): ProcessLock | null {
  return takeFileLock(join(projectPath, `${name}.lock`), waitMs)
}

/**
 * Takes the lock that the file `path` stands for; its folder must exist. It is an exclusive transaction on a small database of its own, so
 * the operating system gives it back the moment its process dies, however it dies: a lock never outlives its holder.
 */
export function takeFileLock(path: string, waitMs = 0): ProcessLock | null {
  const lock = new Sqlite(path, { timeout: waitMs })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw error
  }
  return { release: () => void lock.close() }
}
