import { AppError } from '@shared/science/errors'
import type { EngineReport } from '@shared/contract/engine'
import type { JobProgress } from '@shared/contract/job'

/** What a task gets besides its parameters. */
export type TaskContext = { engine: EngineReport; signal: AbortSignal; onProgress: (progress: JobProgress) => void }

/** Throws `job/cancelled` once the user asked for it: call between batches. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('job/cancelled', 'The job was cancelled.')
}

/** A function that reports `done` of `total` with the time left, from the pace so far. */
export function progressOf(context: Pick<TaskContext, 'onProgress'>, phase: string, total: number): (done: number) => void {
  const startedAt = performance.now()
  return (done) => {
    const seconds = (performance.now() - startedAt) / 1000
    context.onProgress({ phase, done, total, secondsLeft: done > 0 ? (seconds / done) * (total - done) : null })
  }
}
