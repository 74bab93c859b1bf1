/** The thread that searches one project: with a connection of its own that only reads, while the main process saves labels. */
import { parentPort, workerData } from 'node:worker_threads'
import { AppError } from '@shared/science/errors'
import { createTaskWork } from './task-work'
import { searchThreadSchema, toSearchSchema, type FromSearch, type SearchTask } from './messages'

const port = parentPort
if (port === null) throw new Error('the search runs as a worker thread')
const { projectPath } = searchThreadSchema.parse(workerData)
const work = createTaskWork(projectPath)
const say = (message: FromSearch) => port.postMessage(message)

async function answer(number: number, task: SearchTask): Promise<void> {
  try {
    say({ kind: 'answer', number, result: await work.ask(task) })
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    say({ kind: 'failed', number, code: error instanceof AppError ? error.code : null, message, ...(stack === undefined ? {} : { stack }) })
  }
}

port.on('message', (raw) => {
  const message = toSearchSchema.parse(raw)
  if (message.kind === 'ask') void answer(message.number, message.task)
  else void work.close().then(() => port.close())
})
