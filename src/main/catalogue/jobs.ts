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
 * Marks the jobs that were waiting or running when their process ended as interrupted, and returns how many. For the one process that runs
 * the project's jobs, when it starts: another process that only opens the project must not declare them dead.
 */
export function interruptJobs(db: WritableDb): number {
  const cutOff = readJobs(db).filter((job) => job.state === 'running' || job.state === 'queued')
  db.transaction(() => {
    for (const job of cutOff) saveJob(db, { ...job, state: 'interrupted' })
  }).immediate()
  return cutOff.length
}
