import { Worker } from 'node:worker_threads'
import type { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { builtEntry } from '@main/paths'
import { doWork, type WorkOptions } from './do-work'
import { CANCEL, fromThreadSchema, workResultSchemas, type CatalogueWork, type WorkResult } from './messages'

const DIED = {
  import: 'The import stopped unexpectedly. Nothing of it was kept; import again.',
  split: 'The split stopped unexpectedly. Nothing of it was kept; split again.',
}

/**
 * Does the work in a thread and leaves this one free for labels. Throws what the work throws, and `import/died` or `split/died` when the thread
 * ended in the middle: nothing of the work is visible then. Run from sources, where there is no built thread to start, it works in this thread.
 */
export function runWork<K extends CatalogueWork['kind']>(
  work: Extract<CatalogueWork, { kind: K }>,
  options: WorkOptions = {},
): Promise<WorkResult<K>> {
  if (!import.meta.url.endsWith('.ts')) return runWorkIn(builtEntry('catalogue-thread'), work, options)
  return doWork(work, options).then((result) => checkedResult(work.kind, result))
}

/** As `runWork`, in a thread that starts at the built file `entry`. */
export function runWorkIn<K extends CatalogueWork['kind']>(
  entry: string,
  work: Extract<CatalogueWork, { kind: K }>,
  { onProgress, signal }: WorkOptions = {},
): Promise<WorkResult<K>> {
  const { kind } = work
  return new Promise<unknown>((resolve, reject) => {
    const worker = new Worker(entry, { workerData: work })
    const cancel = () => worker.postMessage(CANCEL)
    if (signal?.aborted) cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    worker.on('message', (raw) => {
      const message = heard(fromThreadSchema, raw)
      if (message instanceof Error) {
        reject(message)
        void worker.terminate()
      } else if (message.kind === 'progress') onProgress?.(message.progress)
      else if (message.kind === 'done') resolve(message.result)
      else reject(toError(message))
    })
    worker.once('error', reject)
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', cancel)
      // Settled already unless the thread died.
      reject(new AppError(`${kind}/died`, `${DIED[kind]} (Exit code ${code}.)`))
    })
  }).then((result) => checkedResult(kind, result))
}

function checkedResult<K extends CatalogueWork['kind']>(kind: K, result: unknown): WorkResult<K> {
  return workResultSchemas[kind].parse(result) as WorkResult<K>
}

/** What a thread says, or why that is nothing it may say: thrown where it is heard, that would end the process that saves labels. */
export function heard<T>(schema: z.ZodType<T>, raw: unknown): T | Error {
  const { data, error } = schema.safeParse(raw)
  return error ? new Error(`a thread sent an unexpected message: ${error.message}`, { cause: error }) : data
}

/** An error that a thread has told of. */
export function toError({ code, message, stack }: { code: string | null; message: string; stack?: string | undefined }): Error {
  if (code !== null) return new AppError(code, message)
  const error = new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}
