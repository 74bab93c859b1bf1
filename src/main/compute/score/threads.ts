import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { builtEntry } from '@main/paths'
import { progressOf, throwIfCancelled, type TaskContext } from '../tasks/context'
import type { FromScoreThread } from './entry'
import { words, workOn, type Pass } from './pass'
import { isAccelerated } from './row-scorer'

/** The threads that score. `count` 0: this thread does it. */
export type ScoreThreads = {
  readonly count: number
  /** Starts a pass; `ended` resolves when every thread has ended its part, and rejects with what a thread threw. */
  start: (pass: Pass) => { readonly ended: Promise<void> }
  close: () => Promise<void>
}

/** What a thread is worth starting for. */
const WORTH_STARTING_MS = 100

/** `entry`: the built file of `entry.ts`; by default that of the application, which there is not when it runs from its sources. */
export type ThreadOptions = { readonly threads?: number | undefined; readonly entry?: string | undefined }

/** The built thread of the application, or null when this runs from sources. */
function ownEntry(): string | null {
  const built = builtEntry('score-thread')
  return !import.meta.url.endsWith('.ts') && existsSync(built) ? built : null
}

/** As many threads as there are cores, started when the first pass comes; none for passes that are soon done. */
export function scoreThreads({ threads = availableParallelism(), entry = ownEntry() ?? undefined }: ThreadOptions = {}): ScoreThreads {
  const count = entry === undefined ? 0 : threads
  let workers: Worker[] | null = null
  return {
    count,
    start(pass) {
      workers ??= Array.from({ length: count }, () => new Worker(entry!))
      const ended = Promise.all(workers.map((worker) => runIn(worker, pass))).then(() => undefined)
      // Whoever waits hears of it; until then it is not unheard of.
      ended.catch(() => undefined)
      return { ended }
    },
    close: async () => void (await Promise.all((workers ?? []).map((worker) => worker.terminate()))),
  }
}

function runIn(worker: Worker, pass: Pass): Promise<void> {
  return new Promise((resolve, reject) => {
    const onMessage = ({ error }: FromScoreThread) => settle(error)
    const onExit = (code: number) => settle(new Error(`a scoring thread ended with exit code ${code}`))
    const settle = (error: Error | null) => {
      worker.off('message', onMessage).off('error', settle).off('exit', onExit)
      if (error === null) resolve()
      else {
        Atomics.store(pass.control, words.failed, 1)
        reject(error)
      }
    }
    worker.on('message', onMessage).on('error', settle).on('exit', onExit)
    worker.postMessage(pass)
  })
}

/** Whether a pass is long enough for threads. */
export function isWorthThreads({ scoring, rowCount }: Pick<Pass, 'scoring' | 'rowCount'>): boolean {
  const { votes } = scoring.prediction
  const perGalaxyMs = isAccelerated(scoring) ? 0.002 : votes === 1 ? 0.02 : 0.5
  return rowCount * perGalaxyMs > WORTH_STARTING_MS
}

const PROGRESS_EVERY_MS = 200

/**
 * Runs a pass over rows that are there already, on threads where it pays. Reports galaxies done with the time left. Throws `job/cancelled`
 * within a chunk of every thread.
 */
export async function runPass(
  pass: Pass,
  threads: ScoreThreads,
  context: Pick<TaskContext, 'signal' | 'onProgress'>,
  phase: string,
): Promise<void> {
  const { control, chunkRows, rowCount } = pass
  throwIfCancelled(context.signal)
  const report = progressOf(context, phase, rowCount)
  const reportDone = () => report(Math.min(rowCount, Atomics.load(control, words.done) * chunkRows))
  if (threads.count === 0 || !isWorthThreads(pass)) {
    let reportedAtMs = performance.now()
    for (const work = workOn(pass); work.next().done !== true;) {
      if (performance.now() - reportedAtMs < PROGRESS_EVERY_MS) continue
      reportDone()
      // Lets a cancel in.
      await new Promise((resolve) => setImmediate(resolve))
      throwIfCancelled(context.signal)
      reportedAtMs = performance.now()
    }
  } else {
    const stop = () => Atomics.store(control, words.stop, 1)
    const timer = setInterval(reportDone, PROGRESS_EVERY_MS)
    context.signal.addEventListener('abort', stop, { once: true })
    try {
      await threads.start(pass).ended
    } finally {
      clearInterval(timer)
      context.signal.removeEventListener('abort', stop)
    }
  }
  throwIfCancelled(context.signal)
  reportDone()
}
