import type { ReadableDb } from './database'

/** What is kept in a round's `params` of the job that opened it. */
export type RoundOrigin = { jobId: string; candidates: number; meanSampleSpread: number }

/** The round that this job opened before it was cut off, and what it knew of it then; null when it has opened none. */
export function roundOfJob(db: ReadableDb, jobId: string): (RoundOrigin & { round: number }) | null {
  const found = db
    .prepare<[string], { round: number; params: string }>(
      "SELECT round, params FROM rounds WHERE json_extract(params, '$.origin.jobId') = ? ORDER BY round DESC LIMIT 1",
    )
    .get(jobId)
  if (found === undefined) return null
  const { origin } = JSON.parse(found.params) as { origin: RoundOrigin }
  return { round: found.round, ...origin }
}
