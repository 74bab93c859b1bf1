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
  /** The project of the last time, or a new sample project. */
  openAtStart: () => Promise<void>
  suggestedFolder: () => string
  close: () => Promise<void>
}

export function createDesk({ fork, engine }: { fork: () => ForkedProcess; engine: EngineName | null }): Desk {
  const compute = createComputeHandle(fork, engine)
  const events = createEventHub()
  let project: OpenProject | null = null
  let report: EngineReport | null = null

  /** The engine takes a second to start; nobody waits for it, the window hears when it is there. */
  const startEngine = () =>
    void compute.report().then(
      (found) => {
        report = found
        events.send({ kind: 'project:changed' })
      },
      () => undefined,
    )

  const current = () => {
    if (project === null) throw new AppError('project/none', 'No project is open. Open one, or make a new one.')
    return project
  }

  async function open(path: string): Promise<ProjectSummary> {
    const next = openProject(resolve(path), {
      compute,
      engine: () => report?.engine ?? null,
      onJob: (job) => events.send({ kind: 'job:changed', job }),
      onChange: () => events.send({ kind: 'project:changed' }),
    })
    await project?.close()
    project = next
    rememberProject(next.path)
    events.send({ kind: 'project:changed' })
    return next.summary()
  }

  const suggestedFolder = () => process.env.GALAXY_DESK_PROJECTS ?? join(homedir(), 'Galaxy Desk')

  async function create({ path, tree }: { path: string; tree: string }): Promise<ProjectSummary> {
    return open(createProject(resolve(path), await readTree(tree)))
  }

  async function submit(params: JobParams): Promise<Job> {
    if (params.kind === 'sample') await create({ path: params.params.path, tree: 'gz2' })
    // The engine that did a job is kept with it, so it must be known by then.
    if (report === null && params.kind !== 'import') report = await compute.report()
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
      if (last) {
        await open(last.path)
        return
      }
      const path = join(suggestedFolder(), 'Sample.galaxydesk')
      if (existsSync(path)) await open(path)
      else await submit({ kind: 'sample', params: sampleParamsSchema.parse({ path }) })
    },
    async close() {
      await project?.close()
      project = null
      compute.stop()
    },
  }
}
