import { Worker } from 'node:worker_threads'
import { AppError } from '@shared/science/errors'
import { heard, toError } from '@main/catalogue-thread/run'
import { builtEntry } from '@main/paths'
import { createTaskWork } from './task-work'
import { fromSearchSchema, searchTaskResultSchemas, type SearchTask, type SearchTaskResult, type ToSearch } from './messages'

/** The search of one project, seen from the main process. */
export type ProjectSearch = {
  /** Throws what `Search` throws, and `search/died` when its thread ended in the middle; the next question starts another. */
  ask: <K extends SearchTask['kind']>(task: Extract<SearchTask, { kind: K }>) => Promise<SearchTaskResult<K>>
  /** Ends the thread; questions that are still open are answered with `search/died`. */
  close: () => Promise<void>
}

/** How long the thread has to end what it is at. */
const CLOSE_LIMIT_MS = 2_000

/** Searches in a thread, which starts with the first question. Run from sources, where there is no built thread to start, it works in this thread. */
export function openProjectSearch(projectPath: string): ProjectSearch {
  return import.meta.url.endsWith('.ts') ? searchHere(projectPath) : searchIn(builtEntry('search'), projectPath)
}

function searchHere(projectPath: string): ProjectSearch {
  const work = createTaskWork(projectPath)
  return { ask: async (task) => checked(task.kind, await work.ask(task)), close: work.close }
}

type Waiting = { resolve: (result: unknown) => void; reject: (error: Error) => void }
type Running = { worker: Worker; waiting: Map<number, Waiting>; ended: Promise<void> }

/** As `openProjectSearch`, in a thread that starts at the built file `entry`. */
export function searchIn(entry: string, projectPath: string): ProjectSearch {
  let running: Running | null = null
  let number = 0

  function start(): Running {
    const worker = new Worker(entry, { workerData: { projectPath } })
    const waiting = new Map<number, Waiting>()
    let fault: Error | null = null
    worker.on('message', (raw) => {
      const message = heard(fromSearchSchema, raw)
      if (message instanceof Error) {
        // Whose answer it was cannot be told.
        fault = message
        void worker.terminate()
        return
      }
      const asked = waiting.get(message.number)
      waiting.delete(message.number)
      if (message.kind === 'failed') asked?.reject(toError(message))
      else asked?.resolve(message.result)
    })
    worker.once('error', (error: Error) => (fault = error))
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', (code) => {
        if (running?.worker === worker) running = null
        for (const { reject } of waiting.values()) reject(died(code, fault))
        resolve()
      })
    })
    return { worker, waiting, ended }
  }

  return {
    ask<K extends SearchTask['kind']>(task: Extract<SearchTask, { kind: K }>) {
      running ??= start()
      const { worker, waiting } = running
      const message: ToSearch = { kind: 'ask', number: number++, task }
      return new Promise<unknown>((resolve, reject) => {
        waiting.set(message.number, { resolve, reject })
        worker.postMessage(message)
      }).then((result) => checked<K>(task.kind, result))
    },
    async close() {
      if (running === null) return
      const { worker, ended } = running
      worker.postMessage({ kind: 'close' } satisfies ToSearch)
      const limit = setTimeout(() => void worker.terminate(), CLOSE_LIMIT_MS)
      await ended
      clearTimeout(limit)
    },
  }
}

function checked<K extends SearchTask['kind']>(kind: K, result: unknown): SearchTaskResult<K> {
  return searchTaskResultSchemas[kind].parse(result) as SearchTaskResult<K>
}

function died(code: number, cause: Error | null): AppError {
  return new AppError('search/died', `The search stopped unexpectedly (exit code ${code}). Nothing is lost; search again.`, { cause })
}
