import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { PROJECT_HEADER } from '@shared/contract/requests'
import { projectSummarySchema, queueSchema } from '@shared/contract/records'
import type { Job } from '@shared/contract/job'
import { answerNames } from '@shared/science/tree/decision-tree'
import { saveModel } from '@main/catalogue/models'
import { savePredictions } from '@main/catalogue/predictions'
import { modelCard } from '../catalogue/model-card'
import { smallTree } from '../catalogue/support'
import { errorOf, newClient, ownFolder, surveyOnDisk, type Client } from './support'

let folder: string
let client: Client
beforeEach(() => {
  folder = ownFolder()
  client = newClient()
})

/** A request, for the project at `path`. */
async function ask(method: string, route: string, body: unknown, path: string) {
  const headers = { 'content-type': 'application/json', [PROJECT_HEADER]: encodeURIComponent(path) }
  const response = await client.fetch(route, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  return { status: response.status, headers: response.headers, body: (await response.json()) as unknown }
}

/** A survey with a saved search and a job that failed, and a copy of it, which is opened last. */
async function twoProjects(prepare?: () => Promise<unknown>): Promise<{ shown: string; opened: string; jobId: string }> {
  const shown = await surveyOnDisk(folder, { hasVotes: prepare === hideVotes })
  await client.desk.open(shown)
  await client.post('/api/searches', { name: 'kept', filter: 'labelled' })
  const { id: jobId } = (await client.post('/api/jobs', { kind: 'import', params: { images: join(folder, 'nowhere') } })).body as Job
  await client.desk.project().runner.finished(jobId)
  await prepare?.()
  const opened = join(folder, 'Größere Ringe.galaxydesk')
  cpSync(shown, opened, { recursive: true })
  await client.post('/api/projects/open', { path: opened })
  return { shown, opened, jobId }
}

const split = () => client.post('/api/split', { test: 2, initial: 3, seed: 1 })
/** A round whose galaxies have no revealed votes yet. */
async function hideVotes() {
  await split()
  client.desk.project().db.exec('DELETE FROM revealed_votes')
}
/** With a model that has predicted everything, which may be seen. */
async function predict() {
  await client.post('/api/labelling', { repeatShare: 0, doubleShare: 0, breakMinutes: 45, hints: 'before' })
  await split()
  const { db } = client.desk.project()
  saveModel(db, modelCard('m1', { outputs: answerNames(smallTree) }))
  await savePredictions(db, 'm1', [await firstKey()], Float32Array.of(0.1, 0.7, 0.2, 0.6, 0.4, 0.5, 0.5, 0.1, 0.9))
}
const firstKey = async () => queueSchema.parse((await client.get('/api/queue?annotator=ada')).body).items[0]!.galaxyKey

describe('what a window asks for in the project that it shows', () => {
  type Route = { method: 'POST' | 'DELETE'; route: string; prepare?: () => Promise<unknown>; body?: () => unknown }
  const routes: Route[] = [
    { method: 'POST', route: '/api/split', body: () => ({ test: 2, initial: 3, seed: 1 }) },
    { method: 'POST', route: '/api/labelling', body: () => ({ repeatShare: 0.2 }) },
    { method: 'POST', route: '/api/gold', body: () => ({ table: goldTable(), question: 'smooth', answerColumn: 'truth' }) },
    { method: 'POST', route: '/api/votes/reveal', prepare: hideVotes, body: () => ({ round: 0 }) },
    { method: 'POST', route: '/api/hints', prepare: predict, body: async () => ({ galaxyKey: await firstKey(), annotator: 'ada' }) },
    { method: 'POST', route: '/api/searches', body: () => ({ name: 'new', filter: 'flagged' }) },
    { method: 'DELETE', route: '/api/searches/kept' },
    { method: 'POST', route: '/api/jobs', body: () => ({ kind: 'import', params: { images: folder } }) },
    { method: 'POST', route: '/api/jobs/ID/resume', body: () => ({}) },
    { method: 'POST', route: '/api/jobs/ID/cancel', body: () => ({}) },
  ]

  function goldTable(): string {
    const table = join(folder, 'gold.csv')
    writeFileSync(table, 'id,truth\ng1,yes\n')
    return table
  }

  test.each(routes)('$method $route does nothing where another is open by now', async ({ method, route, prepare, body }) => {
    const { shown, opened, jobId } = await twoProjects(prepare)
    const request = [method, route.replace('ID', jobId), await body?.()] as const
    const { db } = client.desk.project()
    const before = db.serialize()
    const refused = await ask(...request, shown)
    expect(errorOf(refused)).toEqual({ status: 503, code: 'project/changed' })
    expect((refused.body as { message: string }).message).toContain(shown)
    expect(db.serialize().equals(before)).toBe(true)
    expect((await ask(...request, opened)).status).toBe(200)
    if (!route.endsWith('/cancel')) expect(db.serialize().equals(before)).toBe(false)
  })

  test('is refused where none is open', async () => {
    const path = join(folder, 'gone.galaxydesk')
    expect(errorOf(await ask('POST', '/api/split', { test: 2, initial: 3 }, path))).toEqual({ status: 409, code: 'project/none' })
  })

  test('is refused where another is opened while it is still on its way', async () => {
    const { shown, opened } = await twoProjects()
    await client.post('/api/projects/open', { path: shown })
    const { readable, writable } = new TransformStream<Uint8Array>()
    const headers = { [PROJECT_HEADER]: encodeURIComponent(shown) }
    const asked = client.fetch('/api/jobs', { method: 'POST', headers, body: readable, duplex: 'half' } as RequestInit)
    await client.post('/api/projects/open', { path: opened })
    const writer = writable.getWriter()
    await writer.write(new TextEncoder().encode(JSON.stringify({ kind: 'import', params: { images: folder } })))
    await writer.close()
    expect((await asked).status).toBe(503)
    expect(client.desk.jobs()).toHaveLength(1)
  })

  test('a sample makes a project of its own, whichever is open', async () => {
    await twoProjects()
    const params = { path: join(folder, 'sample.galaxydesk'), galaxies: 40, seed: 1 }
    expect((await client.post('/api/jobs', { kind: 'sample', params })).status).toBe(200)
    expect(projectSummarySchema.parse(client.desk.project().summary()).path).toBe(params.path)
  })
})
