/** The thread of an import: it reads and writes with a connection of its own, while the main process goes on saving labels. */
import { parentPort, workerData } from 'node:worker_threads'
import { AppError } from '@shared/science/errors'
import { openCatalogue } from '@main/catalogue/open'
import { importSurvey } from './import'
import { CANCEL, importInitSchema, type FromImport } from './import-messages'

const port = parentPort
if (port === null) throw new Error('import-worker runs as a worker thread')
const say = (message: FromImport) => port.postMessage(message)
const cancel = new AbortController()
port.on('message', (message) => {
  if (message === CANCEL) cancel.abort()
})

try {
  const { projectPath, params } = importInitSchema.parse(workerData)
  const db = openCatalogue(projectPath)
  try {
    const onProgress = (progress: Extract<FromImport, { kind: 'progress' }>['progress']) => say({ kind: 'progress', progress })
    say({ kind: 'done', report: await importSurvey(db, params, { onProgress, signal: cancel.signal }) })
  } finally {
    db.close()
  }
} catch (error) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  say({ kind: 'failed', code: error instanceof AppError ? error.code : null, message, ...(stack === undefined ? {} : { stack }) })
} finally {
  port.close()
}
