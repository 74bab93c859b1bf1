import { Worker } from 'node:worker_threads'
import { AppError } from '@shared/science/errors'
import type { ImportParams } from '@shared/contract/job'
import type { ImportReport } from '@shared/contract/requests'
import { openCatalogue } from '@main/catalogue/open'
import { builtEntry } from '@main/paths'
import { importSurvey, type ImportOptions } from './import'
import { CANCEL, fromImportSchema, type ImportInit } from './import-messages'

/**
 * Imports into the project at `projectPath` and leaves this thread free for labels. Throws what `importSurvey` throws, `job/cancelled` after
 * `signal` and `import/died` when the thread ended in the middle; nothing of the import is visible then. Run from sources, where there is
 * no built thread to start, it works in this thread.
 */
export async function runImport(projectPath: string, params: ImportParams, options: ImportOptions = {}): Promise<ImportReport> {
  if (!import.meta.url.endsWith('.ts')) return runImportIn(builtEntry('import-worker'), { projectPath, params }, options)
  const db = openCatalogue(projectPath)
  try {
    return await importSurvey(db, params, options)
  } finally {
    db.close()
  }
}

/** As `runImport`, in a thread that starts at the built file `entry`. */
export function runImportIn(entry: string, init: ImportInit, { onProgress, signal }: ImportOptions = {}): Promise<ImportReport> {
  return new Promise<ImportReport>((resolve, reject) => {
    const worker = new Worker(entry, { workerData: init })
    const cancel = () => worker.postMessage(CANCEL)
    if (signal?.aborted) cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    worker.on('message', (raw) => {
      const message = fromImportSchema.parse(raw)
      if (message.kind === 'progress') onProgress?.(message.progress)
      else if (message.kind === 'done') resolve(message.report)
      else reject(toError(message))
    })
    worker.once('error', reject)
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', cancel)
      // Settled already unless the thread died.
      reject(new AppError('import/died', `The import stopped unexpectedly (exit code ${code}). Nothing of it was kept; import again.`))
    })
  })
}

function toError({ code, message, stack }: { code: string | null; message: string; stack?: string | undefined }): Error {
  if (code !== null) return new AppError(code, message)
  const error = new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}
