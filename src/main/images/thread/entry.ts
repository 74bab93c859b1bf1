/** A thread that reads images: FITS files and real values take tens of milliseconds to seconds, in which the main process answers to keys. */
import { parentPort } from 'node:worker_threads'
import { AppError } from '@shared/science/errors'
import { doTask } from './do-task'
import { imageTaskSchema, type FromThread, type TaskResult } from './messages'

const port = parentPort
if (port === null) throw new Error('the image thread runs as a worker thread')
const say = (message: FromThread, moved: ArrayBuffer[] = []) => port.postMessage(message, moved)

port.on('message', (raw) => {
  doTask(imageTaskSchema.parse(raw)).then(
    (result) => say({ kind: 'done', result }, buffersOf(result)),
    (error: unknown) => {
      const { message, stack } = error instanceof Error ? error : new Error(String(error))
      say({ kind: 'failed', code: error instanceof AppError ? error.code : null, message, ...(stack === undefined ? {} : { stack }) })
    },
  )
})

/** What is moved to the other thread, not copied. */
function buffersOf(result: TaskResult<'picture' | 'values' | 'facts'>): ArrayBuffer[] {
  const bytes = result instanceof Uint8Array ? result : result !== null && 'pixels' in result ? result.pixels : null
  return bytes ? [bytes.buffer as ArrayBuffer] : []
}
