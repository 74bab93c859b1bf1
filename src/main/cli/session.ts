import type { Command } from 'commander'
import { AppError } from '@shared/science/errors'
import type { Job, JobParams } from '@shared/contract/job'
import { forkNode } from '@main/jobs/fork-node'
import { createDesk, type Desk } from '@main/services/desk'
import { engineOf } from './options'
import { createOutput, type Output } from './output'

const IMPATIENT_MS = 1_000

export type Session = {
  desk: Desk
  output: Output
  /** Runs a job to its end and gives its result; Ctrl+C cancels it. Throws what it failed with. */
  runJob: (params: JobParams) => Promise<unknown>
  /** The same for a job that `start` sets going. */
  follow: (start: () => Job | Promise<Job>) => Promise<unknown>
}

/**
 * Wraps the action of a command: a desk to work with, closed afterwards in every case. The last argument of an action is its command. With
 * `hasWindow` the project is also remembered, for the next start and for the window's list.
 */
export function withDesk<A extends unknown[]>(
  action: (session: Session, ...args: A) => Promise<void> | void,
  { hasWindow = false } = {},
): (...args: [...A, Command]) => Promise<void> {
  return async (...all) => {
    const command = all.pop() as Command
    const engine = engineOf(command)
    const desk = createDesk({ fork: forkNode, hasWindow, ...(engine === undefined ? {} : { engine }) })
    const output = createOutput(Boolean(command.optsWithGlobals().json))
    try {
      const follow: Session['follow'] = (start) => followJob(desk, output, start)
      await action({ desk, output, follow, runJob: (params) => follow(() => desk.submit(params)) }, ...(all as unknown as A))
    } finally {
      await desk.close()
    }
  }
}

async function followJob(desk: Desk, output: Output, start: () => Job | Promise<Job>): Promise<unknown> {
  let shownEpoch = 0
  const stop = desk.events.listen((event) => {
    if (event.kind !== 'job:changed' || event.job.state !== 'running' || !event.job.progress) return
    const lossPoint = event.job.lossCurve.at(-1)
    const isNew = lossPoint !== undefined && lossPoint.epoch > shownEpoch
    if (isNew) shownEpoch = lossPoint.epoch
    output.progress({ ...event.job.progress, ...(isNew ? { lossPoint } : {}) })
  })
  const job = await start()
  const { runner } = desk.project()
  let firstAskedMs: number | null = null
  const cancel = () => {
    firstAskedMs ??= performance.now()
    runner.cancel(job.id)
    // The terminal and npm may both pass one Ctrl+C on; a later one is from someone who does not want to wait.
    if (performance.now() - firstAskedMs > IMPATIENT_MS) desk.compute.stop()
  }
  process.on('SIGINT', cancel)
  process.on('SIGTERM', cancel)
  try {
    const ended = await runner.finished(job.id)
    if (ended.state === 'done') return ended.result
    if (ended.error?.code === 'job/failed') throw new Error(ended.error.message)
    throw new AppError(ended.error?.code ?? `job/${ended.state}`, ended.error?.message ?? `The job was ${ended.state}.`)
  } finally {
    stop()
    process.off('SIGINT', cancel)
    process.off('SIGTERM', cancel)
  }
}
