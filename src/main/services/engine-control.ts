import { AppError } from '@shared/science/errors'
import type { EngineChoice, EngineReport, EngineSetting } from '@shared/contract/engine'
import { createComputeHandle, type ComputeHandle, type ForkedProcess } from '@main/jobs/compute-handle'
import { forcedEngine, keepEngine, type ChosenEngine } from './engine-choice'

/** The engine of a running program: what is known of it, and its change. */
export type EngineControl = {
  readonly compute: ComputeHandle
  /** The engine in use; null while it starts, and where there is none. */
  report: () => EngineReport | null
  setting: () => EngineSetting
  /** Begins to start it. Nobody waits: `onChange` tells when it is there, or why not. */
  start: () => void
  /**
   * Keeps the choice for this user and changes over to it: at once, or once no job runs. The same choice again tries again. Throws
   * `settings/not-saved`; the choice then counts for this program all the same.
   */
  choose: (choice: EngineChoice) => EngineSetting
  /** To be called when a job has ended: the moment that a choice may have waited for. */
  settle: () => void
  /** Waits for it where it still starts. Throws why no engine can be had, after trying once more where the last start failed. */
  requireEngine: () => Promise<void>
}

type Surroundings = { fork: () => ForkedProcess; chosen: ChosenEngine; hasRunningJob: () => boolean; onChange: () => void }

export function createEngineControl({ fork, chosen, hasRunningJob, onChange }: Surroundings): EngineControl {
  let { choice } = chosen
  let isPending = false
  let report: EngineReport | null = null
  let failure: EngineSetting['failure'] = null

  const compute = createComputeHandle(fork, forcedEngine(choice), {
    ready: (found) => {
      report = found
      failure = null
      onChange()
    },
    failed: (error) => {
      report = null
      failure = { code: error instanceof AppError ? error.code : 'engine/failed', message: error.message }
      onChange()
    },
  })

  // What a start failed of is told by `failed`.
  const start = () => void compute.report().catch(() => undefined)

  function changeOver(): void {
    isPending = false
    report = null
    failure = null
    compute.useEngine(forcedEngine(choice))
    start()
    onChange()
  }

  const setting = (): EngineSetting => ({ choice, isPending, failure, startedWith: chosen.startedWith })

  return {
    compute,
    report: () => report,
    setting,
    start,
    choose(next) {
      const isSame = next === choice && !isPending && failure === null
      choice = next
      if (!isSame) {
        if (hasRunningJob()) {
          isPending = true
          onChange()
        } else changeOver()
      }
      keepEngine(next)
      return setting()
    },
    settle() {
      if (isPending && !hasRunningJob()) changeOver()
    },
    async requireEngine() {
      if (report === null) await compute.report()
    },
  }
}
