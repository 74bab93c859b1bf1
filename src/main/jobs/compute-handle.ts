import { randomUUID } from 'node:crypto'
import { AppError } from '@shared/science/errors'
import type { EngineName, EngineReport } from '@shared/contract/engine'
import type { JobProgress } from '@shared/contract/job'
import { computeResultSchemas, fromComputeSchema, type ComputeResults, type ComputeTask, type ToCompute } from '@main/compute/protocol'

/** A running process as `child_process.fork` and Electron's `utilityProcess.fork` both give it. */
export type ForkedProcess = {
  send: (message: ToCompute) => void
  onMessage: (listener: (message: unknown) => void) => void
  /** Called once, with a sentence on how the process ended. */
  onExit: (listener: (how: string) => void) => void
  kill: () => void
}

export type RunOptions = { onProgress?: (progress: JobProgress) => void; signal?: AbortSignal }

/** The compute process, seen from the main process. */
export type ComputeHandle = {
  /** Starts the process if none runs and answers with the engine in use. */
  report: () => Promise<EngineReport>
  /**
   * Runs one task. Rejects with what the task threw, with `job/cancelled` after `signal`, or with `compute/died` when the process ended
   * in the middle; the next call starts a fresh process.
   */
  run: <T extends ComputeTask>(task: T, options?: RunOptions) => Promise<ComputeResults[T['kind']]>
  /**
   * From now on tasks run on this engine (null: the best that works), in a process of their own. Those that run end on the one before, whose
   * process ends with the last of them.
   */
  useEngine: (engine: EngineName | null) => void
  /** Ends the process, if one runs. */
  stop: () => void
}

type Waiting = {
  resolve: (result: unknown) => void
  reject: (error: Error) => void
  onProgress?: ((progress: JobProgress) => void) | undefined
}
type Running = { process: ForkedProcess; ready: Promise<EngineReport>; waiting: Map<string, Waiting>; isRetired: boolean }
/** `ready` hears of the engine each time a process has started, `failed` of one that did not start. */
export type EngineListener = { ready?: (report: EngineReport) => void; failed?: (error: Error) => void }

/**
 * [Note: One compute process] TensorFlow lives in a process of its own, so that a crash or an out-of-memory never takes the window or a
 * label with it. It is started when first needed and again after it died; what it was doing is rejected and can be run again.
 */
export function createComputeHandle(
  fork: () => ForkedProcess,
  startEngine: EngineName | null,
  { ready: onReady, failed: onFailed }: EngineListener = {},
): ComputeHandle {
  let engine = startEngine
  let running: Running | null = null

  function start(): Running {
    const process = fork()
    const waiting = new Map<string, Waiting>()
    const started: Running = {
      process,
      waiting,
      isRetired: false,
      ready: new Promise((resolve, reject) => {
        const fail = (error: Error) => {
          reject(error)
          if (running === started) running = null
          for (const task of waiting.values()) task.reject(error)
          waiting.clear()
        }
        process.onMessage((raw) => {
          const parsed = fromComputeSchema.safeParse(raw)
          if (!parsed.success) {
            // A fault of the compute process must not become one of the process that saves labels.
            fail(new Error(`the compute process sent an unexpected message: ${parsed.error.message}`, { cause: parsed.error }))
            process.kill()
            return
          }
          const message = parsed.data
          if (message.kind === 'ready') {
            if (!started.isRetired) onReady?.(message.report)
            resolve(message.report)
            return
          }
          const task = waiting.get(message.taskId)
          if (message.kind === 'progress') {
            task?.onProgress?.(message.progress)
            return
          }
          waiting.delete(message.taskId)
          if (message.kind === 'result') task?.resolve(message.result)
          else if (message.taskId === '') reject(toError(message))
          else task?.reject(toError(message))
          if (started.isRetired && waiting.size === 0) process.kill()
        })
        process.onExit((how) =>
          fail(new AppError('compute/died', `The compute process ended (${how}). Nothing that was saved is lost; the job can be resumed.`)),
        )
      }),
    }
    process.send({ kind: 'init', init: { engine } })
    started.ready.catch((error: Error) => {
      process.kill()
      if (running === started) running = null
      if (!started.isRetired) onFailed?.(error)
    })
    return started
  }

  const current = () => (running ??= start())

  /** The process that tasks go to. Choosing another engine while one starts makes it wait for that one. */
  async function readyProcess(): Promise<Running> {
    for (;;) {
      const target = current()
      await target.ready.catch((error: unknown) => {
        if (!target.isRetired) throw error
      })
      if (!target.isRetired) return target
    }
  }

  return {
    report: async () => (await readyProcess()).ready,
    async run(task, { onProgress, signal } = {}) {
      const { process, waiting } = await readyProcess()
      if (signal?.aborted) throw new AppError('job/cancelled', 'The job was cancelled.')
      const taskId = randomUUID()
      const cancel = () => process.send({ kind: 'cancel', taskId })
      signal?.addEventListener('abort', cancel, { once: true })
      try {
        const result = await new Promise<unknown>((resolve, reject) => {
          waiting.set(taskId, { resolve, reject, onProgress })
          process.send({ kind: 'run', taskId, task })
        })
        return computeResultSchemas[task.kind].parse(result) as never
      } finally {
        signal?.removeEventListener('abort', cancel)
      }
    },
    useEngine(next) {
      engine = next
      if (running === null) return
      running.isRetired = true
      if (running.waiting.size === 0) running.process.kill()
      running = null
    },
    stop() {
      running?.process.kill()
      running = null
    },
  }
}

function toError(message: { code: string | null; message: string; stack?: string | undefined }): Error {
  if (message.code !== null) return new AppError(message.code, message.message)
  const error = new Error(message.message)
  if (message.stack !== undefined) error.stack = message.stack
  return error
}
