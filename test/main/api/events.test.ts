import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { serverEventSchema, type ServerEvent } from '@shared/contract/events'
import { statusSchema } from '@shared/contract/requests'
import { jobSchema, type Job } from '@shared/contract/job'
import { errorOf, isBuilt, newClient, ownFolder, surveyOnDisk, type Client } from './support'

let folder: string
let client: Client
beforeEach(() => {
  folder = ownFolder()
  client = newClient()
})

/** Reads server-sent events as the window does: lines `data:` of a body that does not end. */
async function listen(): Promise<{
  until: (isLast: (event: ServerEvent) => boolean) => Promise<ServerEvent[]>
  stop: () => Promise<void>
}> {
  const response = await client.fetch('/api/events')
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const seen: ServerEvent[] = []
  return {
    async until(isLast) {
      for (;;) {
        const { value, done } = await reader.read()
        if (done) throw new Error('the events ended')
        text += value
        const messages = text.split('\n\n')
        text = messages.pop()!
        for (const message of messages) {
          const data = /^data: (.+)$/m.exec(message)?.[1]
          if (data !== undefined) seen.push(serverEventSchema.parse(JSON.parse(data)))
        }
        const last = seen.at(-1)
        if (last && isLast(last)) return seen
      }
    },
    stop: () => reader.cancel(),
  }
}

const ended = (event: ServerEvent) => event.kind === 'job:changed' && ['done', 'failed', 'cancelled'].includes(event.job.state)

describe('events', () => {
  it('tell when a project was opened and when a job changed', async () => {
    const path = await surveyOnDisk(folder)
    const events = await listen()
    await client.post('/api/projects/open', { path })
    expect(await events.until((event) => event.kind === 'project:changed')).toHaveLength(1)
    const job = jobSchema.parse((await client.post('/api/jobs', { kind: 'import', params: { images: folder } })).body)
    const seen = await events.until(ended)
    const states = seen.flatMap((event) => (event.kind === 'job:changed' && event.job.id === job.id ? [event.job.state] : []))
    expect([states[0], states.at(-1)]).toEqual(['queued', 'done'])
    expect(states).toContain('running')
    // The import brought galaxies in: whoever listens must read the project again, before it hears that the job is done.
    expect(seen.filter(({ kind }) => kind === 'project:changed').length).toBeGreaterThan(1)
    await events.stop()
  })

  it('reach every window and none that has gone', async () => {
    const [first, second] = [await listen(), await listen()]
    await first.stop()
    client.desk.events.send({ kind: 'project:changed' })
    expect(await second.until(() => true)).toEqual([{ kind: 'project:changed' }])
    await second.stop()
  })
})

describe('jobs', () => {
  const importJob = (images: string) => ({ kind: 'import', params: { images } })
  const finished = async (id: string) => client.desk.project().runner.finished(id)

  it('are listed newest first and kept with the project', async () => {
    const path = await surveyOnDisk(folder)
    await client.desk.open(path)
    const ids: string[] = []
    for (let i = 0; i < 3; i++) ids.unshift(((await client.post('/api/jobs', importJob(folder))).body as Job).id)
    await finished(ids[0]!)
    const listed = async (by: Client) => ((await by.get('/api/jobs')).body as { jobs: Job[] }).jobs
    expect((await listed(client)).map(({ id }) => id)).toEqual(ids)
    const later = newClient()
    await later.desk.open(path)
    expect(await listed(later)).toEqual(await listed(client))
  })

  it('that failed carry the reason and can be started again', async () => {
    await client.desk.open(await surveyOnDisk(folder))
    const { id } = (await client.post('/api/jobs', importJob(join(folder, 'nowhere')))).body as Job
    expect(await finished(id)).toMatchObject({ state: 'failed', error: { code: 'import/no-images' }, finishedAt: expect.any(String) })
    expect((await client.post(`/api/jobs/${id}/resume`, {})).body).toMatchObject({ id, state: 'queued', error: null })
    expect(await finished(id)).toMatchObject({ state: 'failed' })
  })

  it('that are done or unknown can be neither resumed nor cancelled into something else', async () => {
    await client.desk.open(await surveyOnDisk(folder))
    const { id } = (await client.post('/api/jobs', importJob(folder))).body as Job
    await finished(id)
    expect(errorOf(await client.post(`/api/jobs/${id}/resume`, {}))).toEqual({ status: 409, code: 'job/not-resumable' })
    expect((await client.post(`/api/jobs/${id}/cancel`, {})).body).toMatchObject({ state: 'done' })
    expect(errorOf(await client.post('/api/jobs/none/cancel', {}))).toEqual({ status: 404, code: 'job/unknown' })
    expect(errorOf(await client.post('/api/jobs/none/resume', {}))).toEqual({ status: 404, code: 'job/unknown' })
  })

  it('of an unknown kind are refused', async () => {
    await client.desk.open(await surveyOnDisk(folder))
    expect(errorOf(await client.post('/api/jobs', { kind: 'mine', params: {} }))).toEqual({ status: 400, code: 'request/invalid' })
  })
})

describe.skipIf(!isBuilt)('the status', () => {
  it('starts the engine, names it once it is there, and tells the window', async () => {
    const events = await listen()
    expect(statusSchema.parse((await client.get('/api/status')).body)).toMatchObject({ engine: null, project: null, jobs: [] })
    await events.until((event) => event.kind === 'project:changed')
    const { engine } = statusSchema.parse((await client.get('/api/status')).body)
    expect(engine).toMatchObject({ engine: 'cpu', engines: [{ name: 'cpu', usable: true }] })
    await events.stop()
  })
})
