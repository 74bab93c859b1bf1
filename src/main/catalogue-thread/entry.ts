/** The thread for work on a catalogue that takes long: it reads and writes with a connection of its own, while the main process saves labels. */
import { parentPort, workerData } from 'node:worker_threads'
import { AppError } from '@shared/science/errors'
import { doWork } from './do-work'
import { CANCEL, catalogueWorkSchema, type FromThread } from './messages'

const port = parentPort
if (port === null) throw new Error('the catalogue thread runs as a worker thread')
const say = (message: FromThread) => port.postMessage(message)
const cancel = new AbortController()
port.on('message', (message) => {
  if (message === CANCEL) cancel.abort()
})

try {
  const work = catalogueWorkSchema.parse(workerData)
  const result = await doWork(work, { onProgress: (progress) => say({ kind: 'progress', progress }), signal: cancel.signal })
  say({ kind: 'done', result })
} catch (error) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  say({ kind: 'failed', code: error instanceof AppError ? error.code : null, message, ...(stack === undefined ? {} : { stack }) })
} finally {
  port.close()
}
