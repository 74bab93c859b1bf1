import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach } from 'vitest'
import { createApp } from '@main/api/app'
import { openCatalogue } from '@main/catalogue/open'
import { createProject } from '@main/catalogue/project'
import { projectTree } from '@main/catalogue/trees'
import { ensureVoteSet } from '@main/catalogue/votes'
import { forkNode } from '@main/jobs/fork-node'
import { builtEntry } from '@main/paths'
import { createDesk, type Desk } from '@main/services/desk'
import { importRows, row, smallTree } from '../catalogue/support'

/** The tests that start the compute process need the build. */
export const isBuilt = existsSync(builtEntry('compute'))

const folders: string[] = []
const desks: Desk[] = []

afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  delete process.env.GALAXY_DESK_DATA
  delete process.env.GALAXY_DESK_PROJECTS
})

/** A folder for the test, where the program also keeps its own files. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-api-'))
  folders.push(folder)
  process.env.GALAXY_DESK_DATA = join(folder, 'data')
  process.env.GALAXY_DESK_PROJECTS = join(folder, 'projects')
  return folder
}

export type Answer = { status: number; headers: Headers; body: unknown }
export type Client = {
  desk: Desk
  fetch: (path: string, init?: RequestInit) => Promise<Response>
  get: (path: string) => Promise<Answer>
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>
}

/** The real handler over a real desk, asked as the window asks. The compute process starts only for what needs it. */
export function newClient(): Client {
  const desk = createDesk({ fork: forkNode, engine: 'cpu' })
  desks.push(desk)
  const app = createApp(desk)
  const fetch = async (path: string, init?: RequestInit) => app.fetch(new Request(`http://desk${path}`, init))
  const json = async (response: Response) => ({ status: response.status, headers: response.headers, body: await response.json() })
  return {
    desk,
    fetch,
    get: async (path) => json(await fetch(path)),
    post: async (path, body, headers) =>
      json(await fetch(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })),
  }
}

export const errorOf = ({ status, body }: Answer) => ({ status, code: (body as { code?: string }).code })

/** A project of `count` galaxies g1, g2, … with small real images, and recorded votes if asked; nothing has it open. */
export async function surveyOnDisk(folder: string, { count = 10, hasVotes = false } = {}): Promise<string> {
  const path = createProject(join(folder, 'survey.galaxydesk'), smallTree)
  const db = openCatalogue(path)
  const voteSetKey = hasVotes ? ensureVoteSet(db, 'recorded', projectTree(db).version).key : null
  const votes = voteSetKey === null ? [] : [{ voteSetKey, counts_A: [30, 10, 0, 2, 8, 3, 5, 4, 36] }]
  const rows = []
  for (let i = 1; i <= count; i++) {
    const file = join(folder, `g${i}.png`)
    writeFileSync(
      file,
      await sharp({ create: { width: 16, height: 16, channels: 3, background: { r: i, g: 20, b: 40 } } })
        .png()
        .toBuffer(),
    )
    const image = { path: file, pixelScaleArcsec: 0.4, widthPx: 16, heightPx: 16, checksum: `sum-g${i}` }
    rows.push(row(`g${i}`, { image, votes }))
  }
  importRows(db, rows)
  db.close()
  return path
}
