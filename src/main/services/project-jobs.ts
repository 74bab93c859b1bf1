import { assertNever } from '@shared/science/errors'
import type { JobParams } from '@shared/contract/job'
import { projectFolder, type WritableDb } from '@main/catalogue/database'
import { importOfJob } from '@main/catalogue/import-of-job'
import { runImport } from '@main/ingest/run-import'
import type { JobContext } from '@main/jobs/runner'
import type { Loop } from './loop'
import { fillSample } from './sample'

/** Does a job in an open project; its result is what the command line prints with --json. */
export async function runProjectJob(job: JobParams, context: JobContext, db: WritableDb, loop: Loop): Promise<unknown> {
  switch (job.kind) {
    case 'sample':
      return fillSample(db, job.params, context, loop)
    case 'import':
      return importOfJob(db, context.jobId) ?? runImport(projectFolder(db), job.params, context)
    case 'train':
      return loop.train(job.params, context)
    case 'predict':
      return loop.predict(job.params, context)
    case 'acquire':
      return loop.acquire(job.params, context)
    case 'round':
      return loop.round(job.params, context)
    default:
      return assertNever(job)
  }
}
