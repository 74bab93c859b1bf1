import type { Job } from '@shared/contract/job'
import type { ReadableDb, WritableDb } from './database'

/** Keeps a job as it is now. */
export function saveJob(db: WritableDb, job: Job): void {
  db.prepare(
    `INSERT INTO jobs (job_id, kind, document, state, created_at) VALUES (:id, :kind, :document, :state, :createdAt)
     ON CONFLICT (job_id) DO UPDATE SET document = excluded.document, state = excluded.state`,
  ).run({ id: job.id, kind: job.job.kind, document: JSON.stringify(job), state: job.state, createdAt: job.createdAt })
}

/** The jobs of the project, newest first. */
export function readJobs(db: ReadableDb, limit = 1_000): Job[] {
  return db
    .prepare<[number], string>('SELECT document FROM jobs ORDER BY created_at DESC, rowid DESC LIMIT ?')
    .pluck()
    .all(limit)
    .map((document) => JSON.parse(document) as Job)
}

/**
 * Marks the jobs that were waiting or running when their process ended as interrupted, and returns how many. For the one process that has
 * the right to run the project's jobs (the lock `jobs`), while it runs none: the jobs of another process are not dead.
 */
export function interruptJobs(db: WritableDb): number {
  const cutOff = db.prepare<[], string>("SELECT document FROM jobs WHERE state IN ('running', 'queued')").pluck()
  return db
    .transaction(() => {
      const jobs = cutOff.all().map((document) => JSON.parse(document) as Job)
      for (const job of jobs) saveJob(db, { ...job, state: 'interrupted' })
      return jobs.length
    })
    .immediate()
}
