import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { AppError } from '@shared/science/errors'
import { heard, toError } from '@main/catalogue-thread/run'
import { builtEntry } from '@main/paths'
import { doTask } from './do-task'
import { fromThreadSchema, taskResultSchemas, type ImageTask, type TaskResult } from './messages'

/** Each may hold a large image, so they are few; one core is left to the rest of the program. */
const MOST_THREADS = Math.min(4, Math.max(1, availableParallelism() - 1))

type Waiting = { readonly task: ImageTask; readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void }

export type ImageThreads = {
  /** `isUrgent`: somebody looks at it; it goes before thumbnails that wait. Throws what the task throws, and `image/died`. */
  run: <K extends ImageTask['kind']>(task: Extract<ImageTask, { kind: K }>, isUrgent?: boolean) => Promise<TaskResult<K>>
  /** Ends the threads; what runs fails. */
  close: () => Promise<void>
}

/** At most `most` threads that start at the built file `entry`, each when it is first needed. They keep no process alive while they wait. */
export function createImageThreads(entry: string, most = MOST_THREADS): ImageThreads {
  const waiting: Waiting[] = []
  let urgent = 0
  const idle: Worker[] = []
  const working = new Map<Worker, Waiting>()

  function start(): Worker {
    const worker = new Worker(entry)
    worker.on('message', (raw) => {
      const message = heard(fromThreadSchema, raw)
      if (message instanceof Error) {
        lose(worker, message)
        void worker.terminate()
        return
      }
      const done = working.get(worker)
      working.delete(worker)
      worker.unref()
      idle.push(worker)
      if (message.kind === 'failed') done?.reject(toError(message))
      else done?.resolve(message.result)
      next()
    })
    worker.once('error', (error) => lose(worker, error))
    worker.once('exit', (code) => lose(worker, new AppError('image/died', `the thread that read it ended (exit code ${code})`)))
    return worker
  }

  function lose(worker: Worker, error: Error): void {
    const lost = working.get(worker)
    working.delete(worker)
    if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1)
    lost?.reject(error)
    next()
  }

  function next(): void {
    while (waiting.length > 0 && (idle.length > 0 || working.size < most)) {
      const asked = waiting.shift()!
      if (urgent > 0) urgent--
      const worker = idle.pop() ?? start()
      working.set(worker, asked)
      worker.ref()
      worker.postMessage(asked.task)
    }
  }

  return {
    run: (task, isUrgent = false) =>
      new Promise<unknown>((resolve, reject) => {
        const asked: Waiting = { task, resolve, reject }
        if (isUrgent) waiting.splice(urgent++, 0, asked)
        else waiting.push(asked)
        next()
      }).then((result) => taskResultSchemas[task.kind].parse(result) as TaskResult<typeof task.kind>),
    close: async () => void (await Promise.all([...idle, ...working.keys()].map((worker) => worker.terminate()))),
  }
}

let shared: ImageThreads | null = null

/** Does a task in one of this process's threads. Run from sources, where there is no built thread to start, in this one. */
export function runImageTask<K extends ImageTask['kind']>(task: Extract<ImageTask, { kind: K }>, isUrgent = false): Promise<TaskResult<K>> {
  if (import.meta.url.endsWith('.ts')) return doTask(task)
  shared ??= createImageThreads(builtEntry('image-thread'))
  return shared.run(task, isUrgent)
}
