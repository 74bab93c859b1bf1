import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { AppError } from '@shared/science/errors'
import type { EngineChoice, EngineReport, EngineSetting } from '@shared/contract/engine'
import type { Job, JobParams } from '@shared/contract/job'
import type { ProjectSummary } from '@shared/contract/records'
import type { StartFailure, Status } from '@shared/contract/requests'
import { createProject } from '@main/catalogue/project'
import { inspectEngines } from '@main/compute/engine/inspect'
import { createComputeHandle, type ComputeHandle, type ForkedProcess } from '@main/jobs/compute-handle'
import { chosenEngine } from './engine-choice'
import { createEngineControl } from './engine-control'
import { createEventHub, type EventHub } from './event-hub'
import { openAtStart } from './open-at-start'
import { openProject, type OpenProject } from './project'
import { rememberProject } from './recent-projects'
import { finishSample, sampleSettings } from './sample'
import { shownJob, shownJobs } from './shown-jobs'
import { readTree } from './trees'
import { programVersion } from './version'

const JOBS_SHOWN = 50
/** How long a job has to stop, and to write its checkpoint, when its project is closed; then the compute process is ended. */
const STOP_LIMIT_MS = 5_000

/** The running application: at most one open project, one compute process, and whoever listens. */
export type Desk = {
  readonly compute: ComputeHandle
  readonly events: EventHub
  status: () => Promise<Status>
  /** Throws `project/none`. */
  project: () => OpenProject
  open: (path: string) => Promise<ProjectSummary>
  create: (request: { path: string; tree: string }) => Promise<ProjectSummary>
  /** Starts a job in the open project; `sample` makes and opens its own. */
  submit: (params: JobParams) => Promise<Job>
  /** The latest, as the window is shown them ([Note: Shown jobs]); `job` has all of one. Throws `job/unknown`. */
  jobs: () => Job[]
  job: (id: string) => Job
  /** Changes the engine, for this program and the next start ([Note: Which engine]): at once, or once no job runs. Throws `settings/not-saved`. */
  chooseEngine: (choice: EngineChoice) => EngineSetting
  /** Tries every engine in a process of its own: which can be used, and why not the others. Takes some seconds. */
  inspectEngines: () => Promise<EngineReport>
  /**
   * Opens the project asked for, or the latest one that can be opened, or a new sample project. Never fails: what cannot be opened is said on
   * standard error and, of the one that was expected, in the status; the window can open another one.
   */
  openAtStart: () => Promise<void>
  suggestedFolder: () => string
  close: () => Promise<void>
}

type DeskOptions = {
  fork: () => ForkedProcess
  /** Asked for on the command line; left out, [Note: Which engine] says what decides. */
  engine?: EngineChoice
  /** False for one command of the command line: it is not what the next start should open, and it goes on with no other job. */
  hasWindow?: boolean
}

export function createDesk({ fork, engine, hasWindow = true }: DeskOptions): Desk {
  const events = createEventHub()
  let project: OpenProject | null = null
  let startFailure: StartFailure | null = null
  let isEngineAsked = false
  let isClosed = false
  let switching: Promise<unknown> = Promise.resolve()
  const projectChanged = () => events.send({ kind: 'project:changed' })
  const control = createEngineControl({
    fork,
    chosen: chosenEngine(engine),
    hasRunningJob: () => project?.runner.list().some(({ state }) => state === 'running') ?? false,
    onChange: () => {
      const { failure } = control.setting()
      if (failure !== null && isEngineAsked && !isClosed) say(new AppError(failure.code, failure.message))
      projectChanged()
    },
  })
  const { compute } = control

  /** The engine takes a second to start; nobody waits for it, the window hears when it is there. */
  const startEngine = () => {
    isEngineAsked = true
    control.start()
  }

  const current = () => {
    if (project === null) throw new AppError('project/none', 'No project is open. Open one, or make a new one.')
    return project
  }

  /** One at a time, or the project between two that are opened at once would stay open. */
  function oneByOne<T>(action: () => Promise<T>): Promise<T> {
    const done = switching.then(action)
    switching = done.catch(() => undefined)
    return done
  }

  async function closeProject(): Promise<void> {
    if (project === null) return
    const limit = setTimeout(() => compute.stop(), STOP_LIMIT_MS)
    try {
      await project.close()
    } finally {
      clearTimeout(limit)
    }
  }

  async function openNow(path: string): Promise<ProjectSummary> {
    if (project?.path === path) return project.summary()
    const next = openProject(path, {
      compute,
      engine: () => control.report()?.engine ?? null,
      onJob: (job) => {
        events.send({ kind: 'job:changed', job: shownJob(job) })
        control.settle()
      },
      onChange: projectChanged,
      onLabels: ({ uuid }) => events.send({ kind: 'labels:changed', uuid }),
    })
    await closeProject()
    project = next
    startFailure = null
    if (hasWindow) {
      rememberProject(next.path)
      next.search.beginReadingAhead()
    }
    projectChanged()
    return next.summary()
  }

  async function goOnWithSample(): Promise<void> {
    const { db, runner } = current()
    finishSample(db, runner)
  }

  const open = (path: string) =>
    oneByOne(async () => {
      const summary = await openNow(resolve(path))
      // A sample that cannot go on, say because another process is at it, is open all the same.
      if (hasWindow) await goOnWithSample().catch(say)
      return summary
    })

  const suggestedFolder = () => process.env.GALAXY_DESK_PROJECTS ?? join(homedir(), 'Galaxy Desk')

  async function create({ path, tree }: { path: string; tree: string }, settings = {}): Promise<ProjectSummary> {
    const decisionTree = await readTree(tree)
    return oneByOne(() => openNow(createProject(resolve(path), decisionTree, settings)))
  }

  async function submit(params: JobParams): Promise<Job> {
    if (params.kind === 'sample') await create({ path: params.params.path, tree: 'gz2' }, sampleSettings(params.params))
    const { runner } = current()
    // An import needs no engine, and what is made of a sample waits for one.
    if (params.kind !== 'import' && params.kind !== 'sample') await control.requireEngine()
    return runner.submit(params)
  }

  const jobs = () => shownJobs(project?.runner.list().slice(0, JOBS_SHOWN) ?? [])

  return {
    compute,
    events,
    project: current,
    open,
    create: (request) => create(request),
    submit,
    suggestedFolder,
    jobs,
    chooseEngine: (choice) => control.choose(choice),
    inspectEngines: () => inspectEngines((name) => createComputeHandle(fork, name)),
    job(id) {
      const job = current()
        .runner.list()
        .find((candidate) => candidate.id === id)
      if (!job) throw new AppError('job/unknown', `There is no job ${id} in this project.`)
      return job
    },
    async status() {
      if (!isEngineAsked) startEngine()
      return {
        version: programVersion(),
        engine: control.report(),
        engineSetting: control.setting(),
        project: project?.summary() ?? null,
        startFailure,
        jobs: jobs(),
      }
    },
    async openAtStart() {
      startEngine()
      startFailure = await openAtStart({ open, submit, suggestedFolder, say })
      if (startFailure !== null) projectChanged()
    },
    close: () =>
      oneByOne(async () => {
        isClosed = true
        try {
          await closeProject()
        } finally {
          project = null
          compute.stop()
        }
      }),
  }
}

/** For whoever started the program from a terminal; the window shows the same when it asks again. */
function say(error: unknown): void {
  if (error instanceof AppError) process.stderr.write(`error ${error.code}: ${error.message}\n`)
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}
