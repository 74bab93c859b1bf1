import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@shared/science/errors'
import { projectFolder, type WritableDb } from '@main/catalogue/database'
import { interruptJobs, readJobs } from '@main/catalogue/jobs'
import { takeProcessLock, type ProcessLock } from '@main/catalogue/process-lock'
import type { JobClaim } from '@main/jobs/runner'

/** Whoever only looks for jobs that were cut off holds the lock for a moment. */
const WAIT_MS = 300

/**
 * [Note: Who runs the jobs] Several processes may have a project open, but one at a time runs its jobs: they write the same files of features
 * and weights. The claim is held while a job waits or runs and no longer, so a window that does nothing leaves the project to the command
 * line. A job in the catalogue that waits or runs while nobody holds the claim has lost its process: it is interrupted.
 */
export function createJobClaim(db: WritableDb): JobClaim {
  const folder = projectFolder(db)
  const ownerFile = join(folder, 'jobs.owner')
  let lock: ProcessLock | null = null
  let seenVersion: unknown = null
  let isOtherActive = false

  const version = () => db.pragma('data_version', { simple: true })
  const read = () => {
    seenVersion = version()
    const jobs = readJobs(db)
    isOtherActive = jobs.some(({ state }) => state === 'running' || state === 'queued')
    return jobs
  }

  const release = () => {
    lock?.release()
    lock = null
  }

  return {
    take() {
      lock ??= takeProcessLock(folder, 'jobs', WAIT_MS)
      if (lock === null) throw runningElsewhere(ownerFile)
      try {
        writeFileSync(ownerFile, String(process.pid))
        interruptJobs(db)
        return read()
      } catch (error) {
        // Nobody will give back what was not given.
        release()
        throw error
      }
    },
    release,
    refusal: () => runningElsewhere(ownerFile),
    look() {
      // SQLite counts the commits of other connections; a process that died has committed nothing more.
      if (seenVersion === version() && !isOtherActive) return null
      const jobs = read()
      if (!isOtherActive) return jobs
      const free = takeProcessLock(folder, 'jobs')
      if (free === null) return jobs
      try {
        interruptJobs(db)
      } finally {
        free.release()
      }
      return read()
    },
  }
}

function runningElsewhere(ownerFile: string): AppError {
  return new AppError(
    'job/running',
    `Another Galaxy Desk${processOf(ownerFile)} is running jobs of this project. Wait until they have ended, or stop them there.`,
  )
}

function processOf(ownerFile: string): string {
  try {
    const pid = Number(readFileSync(ownerFile, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? ` (process ${pid})` : ''
  } catch {
    return ''
  }
}
