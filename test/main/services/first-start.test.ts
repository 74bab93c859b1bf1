import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jobSchema, sampleParamsSchema } from '@shared/contract/job'
import type { Status } from '@shared/contract/requests'
import { findTree } from '@shared/science/tree/built-in'
import { createProject } from '@main/catalogue/project'
import { builtEntry } from '@main/paths'
import { rememberProject } from '@main/services/recent-projects'
import { sampleSettings } from '@main/services/sample'
import { isBuilt } from '../api/support'
import { childrenOf, isAlive, until } from '../jobs/processes'

const GALAXIES = 60
/** Of one wait of several: on a machine that does four other things. */
const STATUS_MS = 300_000

let folder: string
let started: ChildProcess[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-start-'))
  process.env.GALAXY_DESK_DATA = join(folder, 'data')
  started = []
})
afterEach(async () => {
  for (const child of started) await end(child, 'SIGTERM')
  delete process.env.GALAXY_DESK_DATA
  rmSync(folder, { recursive: true, force: true })
})

type Desk = {
  child: ChildProcess
  output: () => string
  status: () => Promise<Status>
  get: (path: string) => Promise<unknown>
  open: (path: string) => Promise<unknown>
}

/** The application without a window of its own, as `npm start` falls back to it. */
async function start(env: Record<string, string> = {}): Promise<Desk> {
  const own = { GALAXY_DESK_DATA: join(folder, 'data'), GALAXY_DESK_PROJECTS: join(folder, 'projects'), GALAXY_DESK_ENGINE: 'wasm' }
  const child = spawn(process.execPath, [builtEntry('headless')], { env: { ...process.env, ...own, ...env } })
  started.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (data: string) => (output += data))
  const url = await until('an address', () => /http:\/\/127\.0\.0\.1:\S+/.exec(output)?.[0])
  const cookie = (await fetch(url, { redirect: 'manual' })).headers.getSetCookie()[0]!.split(';')[0]!
  const get = async (path: string) => (await fetch(new URL(path, url), { headers: { cookie } })).json()
  const open = (path: string) =>
    fetch(new URL('/api/projects/open', url), {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ path }),
    })
  return { child, output: () => output, get, open, status: async () => (await get('/api/status')) as Status }
}

async function untilStatus(desk: Desk, isGood: (status: Status) => boolean, limitMs = STATUS_MS): Promise<Status> {
  for (const endMs = performance.now() + limitMs; performance.now() < endMs;) {
    const status = await desk.status()
    if (isGood(status)) return status
  }
  throw new Error(`the status did not come:\n${JSON.stringify(await desk.status())}\n${desk.output()}`)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill(signal)
  await ended
}

const hasRound = ({ project, jobs }: Status) => project?.openRound === 1 && jobs[0]?.state === 'done'

describe.skipIf(!isBuilt)('a first start', { timeout: 3 * STATUS_MS }, () => {
  it('killed before its job was written, and again while it draws, is gone on with', async () => {
    const params = sampleParamsSchema.parse({ path: join(folder, 'projects', 'Sample.galaxydesk'), galaxies: GALAXIES })
    mkdirSync(join(folder, 'projects'))
    // What a kill between the making of the project and its job leaves.
    createProject(params.path, findTree('gz2'), sampleSettings(params))
    const first = await start()
    await until('drawn galaxies', () => existsSync(join(params.path, 'sample', 'images')))
    const [compute] = childrenOf(first.child.pid!, 'compute.js')
    await end(first.child, 'SIGKILL')
    await until('the end of its compute process', () => compute === undefined || !isAlive(compute))
    expect(first.output()).not.toMatch(/EPIPE|at .*\.js:/)

    const second = await start()
    const { project, jobs } = await untilStatus(second, hasRound)
    expect(project).toMatchObject({ path: params.path, latestModel: 'model-000', counts: { galaxies: GALAXIES } })
    expect(jobs).toHaveLength(1)
    // Results are not sent with every status: one is asked for.
    expect(jobs[0]!.result).toBeNull()
    const whole = jobSchema.parse(await second.get(`/api/jobs/${jobs[0]!.id}`))
    expect(whole.result).toEqual({ model: 'model-000', round: 1 })
    expect(await second.get('/api/jobs/none')).toMatchObject({ code: 'job/unknown' })

    // A third start finds nothing to do.
    await end(second.child, 'SIGTERM')
    const third = await start()
    expect((await untilStatus(third, ({ project }) => project !== null)).jobs.map(({ id, state }) => ({ id, state }))).toEqual([
      { id: jobs[0]!.id, state: 'done' },
    ])
  })
})

describe.skipIf(!isBuilt)('a later start', { timeout: 2 * STATUS_MS }, () => {
  const whole = (name: string) => createProject(join(folder, name), findTree('rings'))
  function damaged(name: string): string {
    const path = join(folder, name)
    mkdirSync(path)
    writeFileSync(join(path, 'catalogue.sqlite'), 'no database'.repeat(50))
    return path
  }
  const opened = async (desk: Desk) => (await untilStatus(desk, ({ project }) => project !== null)).project!.path

  it('passes over projects that cannot be opened, and says so', async () => {
    const good = whole('good.galaxydesk')
    const bad = damaged('bad.galaxydesk')
    rememberProject(good)
    rememberProject(bad)
    const desk = await start()
    expect(await opened(desk)).toBe(good)
    expect(desk.output()).toContain(`error catalogue/corrupt: ${join(bad, 'catalogue.sqlite')}`)
    const { startFailure } = await untilStatus(desk, (status) => status.startFailure !== null, 10_000)
    expect(startFailure).toMatchObject({ path: bad, code: 'catalogue/corrupt' })
    // Whoever opens one by hand has chosen.
    await desk.open(whole('other.galaxydesk'))
    expect((await desk.status()).startFailure).toBeNull()
  })

  it('says so too where the latest project is not there, as when its disk is not mounted', async () => {
    const good = whole('good.galaxydesk')
    rememberProject(good)
    rememberProject(join(folder, 'away', 'survey.galaxydesk'))
    const desk = await start()
    expect(await opened(desk)).toBe(good)
    const { startFailure } = await untilStatus(desk, (status) => status.startFailure !== null, 10_000)
    expect(startFailure).toMatchObject({ path: join(folder, 'away', 'survey.galaxydesk'), code: 'project/gone' })
  })

  it('opens no other project in place of the one that it is given', async () => {
    rememberProject(whole('recent.galaxydesk'))
    const bad = damaged('bad.galaxydesk')
    const desk = await start({ GALAXY_DESK_PROJECT: bad })
    const { project, startFailure } = await untilStatus(desk, (status) => Boolean(status.startFailure) || status.project !== null, 10_000)
    expect([project, startFailure?.path]).toEqual([null, bad])
  })

  it('that opens what it should has nothing to say', async () => {
    rememberProject(whole('recent.galaxydesk'))
    const desk = await start()
    await opened(desk)
    expect((await desk.status()).startFailure).toBeNull()
  })

  it('makes a new sample beside a damaged one where nothing else can be opened', async () => {
    mkdirSync(join(folder, 'projects'))
    damaged('projects/Sample.galaxydesk')
    const desk = await start()
    expect(await opened(desk)).toBe(join(folder, 'projects', 'Sample 2.galaxydesk'))
  })

  it('opens the project that it is given', async () => {
    rememberProject(whole('recent.galaxydesk'))
    const asked = whole('asked.galaxydesk')
    expect(await opened(await start({ GALAXY_DESK_PROJECT: asked }))).toBe(asked)
  })
})
