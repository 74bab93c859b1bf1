/**
 * @file The compute process: parses what arrives, starts the engine once, dispatches tasks, reports. It runs under plain Node and as an
 * Electron utility process; `port` hides the difference.
 */
import { AppError } from '@shared/science/errors'
import { startEngine } from './engine'
import { toComputeSchema, type FromCompute } from './protocol'
import { runTask } from './tasks/run-task'

type ElectronPort = {
  postMessage: (message: unknown) => void
  on: (event: 'message', listener: (event: { data: unknown }) => void) => void
}
const electronPort = (process as unknown as { parentPort?: ElectronPort }).parentPort

function post(message: FromCompute): void {
  if (electronPort) electronPort.postMessage(message)
  // A parent that was killed is noticed here before 'disconnect' is heard: nobody is left to be told.
  else if (process.connected) process.send?.(message, () => undefined)
  else process.exit(0)
}

function listen(listener: (raw: unknown) => void): void {
  if (electronPort) electronPort.on('message', ({ data }) => listener(data))
  else process.on('message', listener)
}

const errorFields = (error: unknown) => ({
  code: error instanceof AppError ? error.code : null,
  message: error instanceof Error ? error.message : String(error),
  ...(error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {}),
})

const cancels = new Map<string, AbortController>()
let engineReady: ReturnType<typeof startEngine> | null = null

async function handle(raw: unknown): Promise<void> {
  const message = toComputeSchema.parse(raw)
  switch (message.kind) {
    case 'init':
      engineReady = startEngine(message.init.engine)
      await engineReady.then(
        (report) => post({ kind: 'ready', report }),
        (error: unknown) => post({ kind: 'error', taskId: '', ...errorFields(error) }),
      )
      return
    case 'cancel':
      cancels.get(message.taskId)?.abort()
      return
    case 'run': {
      const { taskId, task } = message
      const controller = new AbortController()
      cancels.set(taskId, controller)
      try {
        if (engineReady === null) throw new Error('a task came before init')
        const result = await runTask(task, {
          engine: await engineReady,
          signal: controller.signal,
          onProgress: (progress) => post({ kind: 'progress', taskId, progress }),
        })
        post({ kind: 'result', taskId, result })
      } catch (error) {
        post({ kind: 'error', taskId, ...errorFields(error) })
        // Nothing can be computed on a lost device again: the next task gets a fresh process.
        if (error instanceof AppError && error.code === 'engine/device-lost') endSoon()
      } finally {
        cancels.delete(taskId)
      }
    }
  }
}

/** Once what was posted is on its way. */
const endSoon = () => void setTimeout(() => process.exit(1), 100)

listen((raw) => void handle(raw))
// The parent is gone: nothing can be reported any more, and a checkpoint is on disk.
process.on('disconnect', () => process.exit(0))
