import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { AppError } from '@shared/science/errors'
import type { EngineName, EngineReport } from '@shared/contract/engine'
import { sampleParamsSchema, type Job, type JobParams } from '@shared/contract/job'
import type { ProjectSummary } from '@shared/contract/records'
import type { Status } from '@shared/contract/requests'
import { createProject } from '@main/catalogue/project'
import { createComputeHandle, type ComputeHandle, type ForkedProcess } from '@main/jobs/compute-handle'
import { createEventHub, type EventHub } from './event-hub'
import { openProject, type OpenProject } from './project'
import { recentProjects, rememberProject } from './recent-projects'
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
  jobs: () => Job[]
  /** The project of the last time, or a new sample project. Never fails: the window can open another one. */
  openAtStart: () => Promise<void>
  suggestedFolder: () => string
  close: () => Promise<void>
}

export function createDesk({ fork, engine }: { fork: () => ForkedProcess; engine: EngineName | null }): Desk {
  const events = createEventHub()
  let project: OpenProject | null = null
  let report: EngineReport | null = null
  let isEngineAsked = false
  let isClosed = false
  let switching: Promise<unknown> = Promise.resolve()
  const compute = createComputeHandle(fork, engine, (found) => {
    report = found
    events.send({ kind: 'project:changed' })
  })

  /** The engine takes a second to start; nobody waits for it, the window hears when it is there. */
  const startEngine = () => {
    isEngineAsked = true
    compute.report().catch((error: unknown) => {
      if (!isClosed) say(error)
    })
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
      engine: () => report?.engine ?? null,
      onJob: (job) => events.send({ kind: 'job:changed', job }),
      onChange: () => events.send({ kind: 'project:changed' }),
    })
    await closeProject()
    project = next
    rememberProject(next.path)
    events.send({ kind: 'project:changed' })
    return next.summary()
  }

  const open = (path: string) => oneByOne(() => openNow(resolve(path)))

  const suggestedFolder = () => process.env.GALAXY_DESK_PROJECTS ?? join(homedir(), 'Galaxy Desk')

  async function create({ path, tree }: { path: string; tree: string }): Promise<ProjectSummary> {
    return open(createProject(resolve(path), await readTree(tree)))
  }

  async function submit(params: JobParams): Promise<Job> {
    if (params.kind === 'sample') await create({ path: params.params.path, tree: 'gz2' })
    return current().runner.submit(params)
  }

  return {
    compute,
    events,
    project: current,
    open,
    create,
    submit,
    suggestedFolder,
    jobs: () => project?.runner.list().slice(0, JOBS_SHOWN) ?? [],
    async status() {
      if (!isEngineAsked) startEngine()
      return {
        version: programVersion(),
        engine: report,
        project: project?.summary() ?? null,
        jobs: project?.runner.list().slice(0, JOBS_SHOWN) ?? [],
      }
    },
    async openAtStart() {
      startEngine()
      const last = recentProjects().find(({ exists }) => exists)
      const path = last?.path ?? join(suggestedFolder(), 'Sample.galaxydesk')
      try {
        if (last || existsSync(path)) await open(path)
        else await submit({ kind: 'sample', params: sampleParamsSchema.parse({ path }) })
      } catch (error) {
        say(error)
      }
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
