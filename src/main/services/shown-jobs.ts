import type { Job } from '@shared/contract/job'

/**
 * [Note: Shown jobs] A job as the window is shown it, in the status and in every event. Of results it shows the report of the newest import;
 * those of other jobs lie in the catalogue, where rounds and models are read from, and may list a million galaxies: `GET /api/jobs/:id` has them.
 */
export function shownJob(job: Job): Job {
  return job.job.kind === 'import' ? job : { ...job, result: null }
}

/** The same for a list, newest first. */
export function shownJobs(jobs: readonly Job[]): Job[] {
  const newestImport = jobs.find(({ job: { kind } }) => kind === 'import')
  return jobs.map((job) => (job === newestImport ? job : { ...job, result: null }))
}
