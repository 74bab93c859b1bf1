import type { ImportReport } from '@shared/contract/requests'
import type { ReadableDb } from './database'

/** What is kept in an import's `params` of the job that made it. */
export type ImportOrigin = { jobId: string }

/** What the import of this job came to, which was completed before the job was cut off; null when there is none. */
export function importOfJob(db: ReadableDb, jobId: string): ImportReport | null {
  const report = db
    .prepare<[string], string>(
      "SELECT report FROM imports WHERE completed_at IS NOT NULL AND json_extract(params, '$.origin.jobId') = ? ORDER BY import_key DESC LIMIT 1",
    )
    .pluck()
    .get(jobId)
  return report === undefined ? null : (JSON.parse(report) as ImportReport)
}
