import type { Job, JobParams } from '@shared/contract/job'

/** A job as it is when it is asked for: queued, nothing done. */
export function newJob(id: string, params: JobParams, createdAt = new Date().toISOString()): Job {
  return {
    id,
    job: params,
    state: 'queued',
    progress: null,
    lossCurve: [],
    engine: null,
    modelId: null,
    error: null,
    result: null,
    createdAt,
    finishedAt: null,
  }
}
