import { randomUUID } from 'node:crypto'
import { AppError } from '@shared/science/errors'
import type { EngineName } from '@shared/contract/engine'
import type { Job, JobParams, JobProgress } from '@shared/contract/job'
import { newJob } from './new-job'

/** What a job's work gets from the runner. `setModelId` is kept with the job, so that a resumed one goes on with the same model. */
export type JobContext = {
  jobId: string
  signal: AbortSignal
  onProgress: (progress: JobProgress) => void
  modelId: string | null
  setModelId: (modelId: string) => void
}

/** The right to run a project's jobs, which one process has at a time: see [Note: Who runs the jobs]. */
export type JobClaim = {
  /** Takes it, and returns all jobs as they are now, newest first. Throws `job/running` when another process has it. */
  take: () => readonly Job[]
  release: () => void
  /** What `take` throws when another process has it: it names that process, and says that its jobs are stopped there. */
  refusal: () => AppError
  /** All jobs as other processes have left them, newest first; null when nothing changed since they were last asked for. */
  look: () => readonly Job[] | null
}

export type JobRunnerOptions = {
  work: (job: JobParams, context: JobContext) => Promise<unknown>
  engine: () => EngineName | null
  /** Keeps the job as it is now; called at every change of state, before anyone hears of it. */
  save: (job: Job) => void
  /** Tells the window; progress arrives here at most five times a second. */
  onChange: (job: Job) => void
  claim: JobClaim
}

export type JobRunner = {
  list: () => Job[]
  submit: (params: JobParams) => Job
  /** Throws `job/running` for a job that another process runs. */
  cancel: (id: string) => Job
  resume: (id: string) => Job
  /** The job once it has ended, in whatever way. */
  finished: (id: string) => Promise<Job>
  /** Stops the running job as interrupted, so that it can be resumed, and takes no more. */
  close: () => Promise<void>
}

const PROGRESS_EVERY_MS = 200
/** A job that dies with the compute process is taken up again this often before the user is asked. */
const AUTOMATIC_RESUMES = 2

/** Runs one job at a time, in the order they came: they share one engine. */
export function createJobRunner({ work, engine, save, onChange, claim }: JobRunnerOptions): JobRunner {
  const jobs = new Map<string, Job>()
  /** Of the jobs of this runner that wait or run. */
  const controllers = new Map<string, AbortController>()
  const waiters = new Map<string, ((job: Job) => void)[]>()
  let tail: Promise<void> = Promise.resolve()
  let isClosed = false

  const learn = (all: readonly Job[]) => {
    for (const job of [...all].reverse()) jobs.set(job.id, job)
  }
  /** Another process may have run jobs while this one had none. */
  const refresh = () => {
    if (controllers.size === 0 && !isClosed) learn(claim.look() ?? [])
  }
  const begin = () => {
    if (isClosed) throw new AppError('job/closed', 'The project is being closed. Open it again, then start the job.')
    if (controllers.size === 0) learn(claim.take())
  }
  const releaseIfIdle = () => {
    if (controllers.size === 0) claim.release()
  }
  const get = (id: string) => {
    const job = jobs.get(id)
    if (!job) throw new AppError('job/unknown', `There is no job ${id} in this project.`)
    return job
  }
  const update = (id: string, change: Partial<Job>) => {
    const job = { ...get(id), ...change }
    jobs.set(id, job)
    save(job)
    onChange(job)
    return job
  }
  const tellWaiting = (id: string) => {
    for (const resolve of waiters.get(id) ?? []) resolve(get(id))
    waiters.delete(id)
    controllers.delete(id)
    releaseIfIdle()
  }
  const finish = (id: string, change: Partial<Job>) => {
    update(id, { ...change, finishedAt: new Date().toISOString() })
    tellWaiting(id)
  }
  /** The job's state could not be kept (a full disk): those who listen must hear it, and the jobs behind it must still run. */
  const failUnsaved = (id: string, error: unknown) => {
    const message = `The state of this job could not be saved: ${messageOf(error)}. Make room on the disk, then resume it.`
    jobs.set(id, { ...get(id), state: 'failed', error: { code: 'job/unsaved', message }, finishedAt: new Date().toISOString() })
    onChange(get(id))
    tellWaiting(id)
  }

  async function execute(id: string): Promise<void> {
    const controller = controllers.get(id)
    if (!controller || get(id).state !== 'queued') return
    if (isClosed) {
      finish(id, { state: 'interrupted' })
      return
    }
    update(id, { state: 'running', error: null })
    let lastEventMs = 0
    const onProgress = (progress: JobProgress) => {
      const { lossPoint, ...rest } = progress
      const before = get(id)
      const lossCurve = lossPoint ? [...before.lossCurve.filter((point) => point.epoch < lossPoint.epoch), lossPoint] : before.lossCurve
      jobs.set(id, { ...before, progress: rest, lossCurve, engine: engine() })
      if (lossPoint || performance.now() - lastEventMs > PROGRESS_EVERY_MS || progress.done === progress.total) {
        lastEventMs = performance.now()
        onChange(get(id))
      }
    }
    for (let resumes = 0; ; resumes++) {
      let result: unknown
      try {
        const { job, modelId } = get(id)
        const setModelId = (model: string) => void update(id, { modelId: model })
        result = await work(job, { jobId: id, signal: controller.signal, onProgress, modelId, setModelId })
      } catch (error) {
        if (isClosed) {
          finish(id, { state: 'interrupted' })
          return
        }
        if (controller.signal.aborted) {
          // Whatever the work threw when it was told to stop, such as an AbortError, is no failure.
          finish(id, { state: 'cancelled', error: { code: 'job/cancelled', message: 'The job was cancelled.' } })
          return
        }
        const code = error instanceof AppError ? error.code : 'job/failed'
        if (code === 'compute/died' && resumes < AUTOMATIC_RESUMES) continue
        const message = messageOf(error)
        if (code === 'job/failed') process.stderr.write(`${error instanceof Error ? error.stack : message}\n`)
        finish(id, { state: code === 'compute/died' ? 'interrupted' : 'failed', error: { code, message } })
        return
      }
      finish(id, { state: 'done', result, engine: engine() })
      return
    }
  }

  function enqueue(id: string): Job {
    controllers.set(id, new AbortController())
    tail = tail.then(() => execute(id)).catch((error: unknown) => failUnsaved(id, error))
    return get(id)
  }

  refresh()
  return {
    list() {
      refresh()
      return [...jobs.values()].reverse().sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    },
    submit(params) {
      begin()
      const id = randomUUID()
      const job = newJob(id, params)
      try {
        save(job)
      } catch (error) {
        releaseIfIdle()
        throw error
      }
      jobs.set(id, job)
      onChange(job)
      return enqueue(id)
    },
    cancel(id) {
      refresh()
      const job = get(id)
      const controller = controllers.get(id)
      if (controller === undefined && isOpen(job)) throw claim.refusal()
      controller?.abort()
      if (job.state === 'queued') finish(id, { state: 'cancelled' })
      return get(id)
    },
    resume(id) {
      begin()
      try {
        const job = get(id)
        if (!['interrupted', 'failed', 'cancelled'].includes(job.state))
          throw new AppError('job/not-resumable', `This job is ${job.state}; only a stopped one can be resumed.`)
        update(id, { state: 'queued', error: null, finishedAt: null })
      } catch (error) {
        releaseIfIdle()
        throw error
      }
      return enqueue(id)
    },
    finished(id) {
      const job = get(id)
      if (!isOpen(job)) return Promise.resolve(job)
      return new Promise((resolve) => waiters.set(id, [...(waiters.get(id) ?? []), resolve]))
    },
    async close() {
      isClosed = true
      for (const controller of controllers.values()) controller.abort()
      await tail
    },
  }
}

const isOpen = ({ state }: Job) => state === 'queued' || state === 'running'
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
