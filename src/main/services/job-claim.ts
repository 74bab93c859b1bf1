import { join } from 'node:path'
import Sqlite, { SqliteError } from 'better-sqlite3'

/**
 * Says whether this process is the first one to hold the project's jobs: only it may call those of an earlier process interrupted. Like
 * `takeImportLock` it is an exclusive transaction on a small database, so it ends with its process, however that ends.
 */
export function claimJobs(projectPath: string): { isFirst: boolean; release: () => void } {
  const lock = new Sqlite(join(projectPath, 'jobs.lock'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return { isFirst: true, release: () => void lock.close() }
  } catch (error) {
    lock.close()
    if (error instanceof SqliteError && error.code.startsWith('SQLITE_BUSY')) return { isFirst: false, release: () => undefined }
    throw error
  }
}
