import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { writtenSchema } from '@shared/contract/labelling'
import { PROJECT_HEADER } from '@shared/contract/requests'
import { queueSchema, type LabelEvent, type QueueItem } from '@shared/contract/records'
import { answerOf, nextUuid } from '../catalogue/support'
import { until } from '../jobs/processes'
import { errorOf, newClient, ownFolder, surveyOnDisk, type Client } from './support'

/** What undo and redo answer when nothing is left. */
const nothing = { events: [], items: [], progress: null }

let folder: string
let client: Client
beforeEach(() => {
  folder = ownFolder()
  client = newClient()
})

async function openForLabelling(): Promise<QueueItem[]> {
  await client.desk.open(await surveyOnDisk(folder))
  await client.post('/api/split', { test: 2, initial: 3, seed: 1 })
  return queueSchema.parse((await client.get('/api/queue?annotator=ada')).body).items
}

describe('the queue', () => {
  it('holds the galaxies of the open round with the address of their image', async () => {
    const items = await openForLabelling()
    expect(items.length).toBeGreaterThanOrEqual(3)
    const { imageUrl } = items[0]!
    expect((await client.fetch(imageUrl!)).status).toBe(200)
  })

  it('is not there before a round is open', async () => {
    await client.desk.open(await surveyOnDisk(folder))
    expect(errorOf(await client.get('/api/queue?annotator=ada'))).toEqual({ status: 409, code: 'round/none' })
  })

  it('gives any galaxies of the survey in the order they are asked for, and refuses one that is not there', async () => {
    const [first, second] = await openForLabelling()
    const keys = [second!.galaxyKey, first!.galaxyKey]
    const { items } = (await client.post('/api/queue/items', { annotator: 'ada', galaxyKeys: keys })).body as { items: QueueItem[] }
    expect(items.map(({ galaxyKey, turn }) => [galaxyKey, turn])).toEqual([
      [second!.galaxyKey, second!.turn],
      [first!.galaxyKey, first!.turn],
    ])
    const unknown = await client.post('/api/queue/items', { annotator: 'ada', galaxyKeys: [999_999] })
    expect(errorOf(unknown).code).toBe('galaxy/unknown')
    const many = Array.from({ length: 201 }, () => first!.galaxyKey)
    expect(errorOf(await client.post('/api/queue/items', { annotator: 'ada', galaxyKeys: many })).code).toBe('request/invalid')
  })

  it('belongs to an annotator', async () => {
    await openForLabelling()
    expect(errorOf(await client.get('/api/queue'))).toEqual({ status: 400, code: 'request/invalid' })
  })
})

describe('an annotator', () => {
  it('has a name everywhere, and the same one with and without spaces around it', async () => {
    const [item] = await openForLabelling()
    const request = answerOf(item!.galaxyKey, 'smooth', 'yes')
    const refused = { status: 400, code: 'request/invalid' }
    for (const annotator of ['', '  ', 'a'.repeat(101)]) {
      expect(errorOf(await client.get(`/api/queue?annotator=${encodeURIComponent(annotator)}`)), 'queue').toEqual(refused)
      expect(errorOf(await client.post('/api/labels', { ...request, annotator })), 'label').toEqual(refused)
      expect(errorOf(await client.post('/api/labels/undo', { uuid: nextUuid(), annotator })), 'undo').toEqual(refused)
    }
    expect((await client.post('/api/labels', { ...request, annotator: ' ada ' })).body).toMatchObject({ events: [{ annotator: 'ada' }] })
    expect(queueSchema.parse((await client.get('/api/queue?annotator=ada%20')).body).items[0]!.answers).toHaveLength(1)
  })
})

describe('a label', () => {
  it('for another project than the one that is open is not written to it, and kept for its own', async () => {
    const [item] = await openForLabelling()
    const { path } = client.desk.project()
    const forThis = { [PROJECT_HEADER]: encodeURIComponent(path) }
    const other = join(folder, 'Größere Ringe.galaxydesk')
    cpSync(path, other, { recursive: true })
    await client.post('/api/projects/open', { path: other })
    const request = answerOf(item!.galaxyKey, 'smooth', 'yes')
    const writes: [route: string, body: unknown][] = [
      ['/api/labels', request],
      ['/api/labels/batch', { batch: nextUuid(), annotator: 'ada', entries: [{ ...request, annotator: undefined }] }],
      ['/api/labels/undo', { uuid: nextUuid(), annotator: 'ada' }],
    ]
    for (const [route, body] of writes) {
      const refused = await client.post(route, body, forThis)
      expect(errorOf(refused), route).toEqual({ status: 503, code: 'project/changed' })
      expect((refused.body as { message: string }).message).toContain(path)
    }
    expect((await client.get('/api/labels')).body).toEqual({ events: [] })
    await client.post('/api/projects/open', { path })
    expect((await client.post('/api/labels', request, forThis)).status).toBe(200)
    await client.post('/api/projects/open', { path: other })
    expect((await client.post('/api/labels', request, { [PROJECT_HEADER]: encodeURIComponent(other) })).status).toBe(200)
  })

  it('is answered after its commit, with the galaxy as it is now', async () => {
    const [item] = await openForLabelling()
    const { status, body } = await client.post('/api/labels', answerOf(item!.galaxyKey, 'smooth', 'yes'))
    const saved = writtenSchema.parse(body)
    expect(status).toBe(200)
    expect(saved.events[0]).toMatchObject({ galaxyKey: item!.galaxyKey, question: 'smooth', answer: 'yes', round: 0 })
    expect(saved.items[0]!.answers).toEqual([{ question: 'smooth', answer: 'yes' }])
    // Another connection sees only what was committed.
    const other = newClient()
    await other.desk.open(client.desk.project().path)
    expect((await other.get('/api/labels')).body).toEqual({ events: saved.events })
  })

  it('sent again is kept once', async () => {
    const [item] = await openForLabelling()
    const request = answerOf(item!.galaxyKey, 'smooth', 'yes')
    const first = await client.post('/api/labels', request)
    expect((await client.post('/api/labels', request)).body).toEqual(first.body)
    expect(errorOf(await client.post('/api/labels', { ...request, answer: 'no' }))).toEqual({ status: 409, code: 'label/conflict' })
    expect(((await client.get('/api/labels')).body as { events: unknown[] }).events).toHaveLength(1)
  })

  it('that answers nothing that is asked is refused', async () => {
    const [item] = await openForLabelling()
    const key = item!.galaxyKey
    expect(errorOf(await client.post('/api/labels', answerOf(key, 'smooth', 'perhaps')))).toEqual({
      status: 400,
      code: 'label/unknown-answer',
    })
    expect(errorOf(await client.post('/api/labels', answerOf(key, 'bar', 'yes')))).toEqual({ status: 400, code: 'label/not-asked' })
    expect(errorOf(await client.post('/api/labels', answerOf(999, 'smooth', 'yes')))).toEqual({ status: 404, code: 'galaxy/unknown' })
  })

  it('is taken back by undo, which the log keeps', async () => {
    const [item] = await openForLabelling()
    const key = item!.galaxyKey
    await client.post('/api/labels', answerOf(key, 'smooth', 'yes'))
    const { body } = await client.post('/api/labels/undo', { uuid: nextUuid(), annotator: 'ada' })
    expect(body).toMatchObject({ events: [{ kind: 'undo', galaxyKey: key }], items: [{ galaxyKey: key, answers: [] }] })
    const { events } = (await client.get(`/api/labels?galaxyKey=${key}`)).body as { events: LabelEvent[] }
    expect(events.map(({ kind }) => kind)).toEqual(['undo', 'answer'])
    expect((await client.get('/api/labels?limit=1')).body).toEqual({ events: [events[0]] })
    expect((await client.post('/api/labels/undo', { uuid: nextUuid(), annotator: 'ada' })).body).toEqual(nothing)
  })
})

describe('redo', () => {
  const step = async (kind: 'undo' | 'redo') => (await client.post(`/api/labels/${kind}`, { uuid: nextUuid(), annotator: 'ada' })).body

  it('brings back what was undone last, until something new is done', async () => {
    const [item] = await openForLabelling()
    const key = item!.galaxyKey
    await client.post('/api/labels', answerOf(key, 'smooth', 'yes'))
    expect(await step('redo')).toEqual(nothing)
    await step('undo')
    const answers = [{ question: 'smooth', answer: 'yes' }]
    expect(await step('redo')).toMatchObject({ events: [{ kind: 'undo', galaxyKey: key }], items: [{ galaxyKey: key, answers }] })
    await step('undo')
    await client.post('/api/labels', answerOf(key, 'smooth', 'no'))
    expect(await step('redo')).toEqual(nothing)
  })
})

describe('the counts of the project', () => {
  it('are announced when labels pause, with all of them', async () => {
    const items = await openForLabelling()
    const announced: number[] = []
    const stop = client.desk.events.listen(({ kind }) => {
      if (kind === 'project:changed') announced.push(client.desk.project().labelLog({ limit: 10 }).length)
    })
    for (const { galaxyKey } of items.slice(0, 3)) await client.post('/api/labels', answerOf(galaxyKey, 'smooth', 'yes'))
    await client.post('/api/labels/undo', { uuid: nextUuid(), annotator: 'ada' })
    await until('the announcement of all four', () => announced.at(-1) === 4)
    stop()
  })
})

describe('recorded votes', () => {
  it('are revealed for a round that exists', async () => {
    await client.desk.open(await surveyOnDisk(folder, { hasVotes: true }))
    await client.post('/api/split', { test: 2, initial: 3, seed: 1 })
    // The split revealed the initial set: nothing is left to reveal in round 0.
    expect((await client.post('/api/votes/reveal', { round: 0 })).body).toEqual({ revealed: 0 })
    expect(errorOf(await client.post('/api/votes/reveal', { round: 5 }))).toEqual({ status: 404, code: 'round/unknown' })
  })

  it('cannot be revealed where none were imported', async () => {
    await openForLabelling()
    expect(errorOf(await client.post('/api/votes/reveal', { round: 0 }))).toEqual({ status: 409, code: 'votes/none' })
  })
})

describe('without an open project', () => {
  const uuid = nextUuid()
  it.each([
    ['GET', '/api/queue?annotator=ada', undefined],
    ['GET', '/api/labels', undefined],
    ['GET', '/api/rounds', undefined],
    ['GET', '/api/galaxies/1/image', undefined],
    ['POST', '/api/labels', answerOf(1, 'smooth', 'yes')],
    ['POST', '/api/labels/undo', { uuid, annotator: 'ada' }],
    ['POST', '/api/votes/reveal', { round: 0 }],
    ['POST', '/api/split', { test: 0.2 }],
    ['POST', '/api/jobs', { kind: 'import', params: { images: '/tmp' } }],
    ['POST', `/api/jobs/${uuid}/cancel`, {}],
    ['POST', `/api/jobs/${uuid}/resume`, {}],
  ])('%s %s says that no project is open', async (method, path, body) => {
    const answer = method === 'GET' ? await client.get(path) : await client.post(path, body)
    expect(errorOf(answer)).toEqual({ status: 409, code: 'project/none' })
  })
})

describe('a request that is wrong', () => {
  it.each(['/api/projects', '/api/projects/open', '/api/split', '/api/labels', '/api/labels/undo', '/api/votes/reveal', '/api/jobs'])(
    'POST %s without JSON is refused as that, and with the wrong fields by their names',
    async (path) => {
      await client.desk.open(await surveyOnDisk(folder))
      const broken = await client.fetch(path, { method: 'POST', body: '{"path": ' })
      expect([broken.status, await broken.json()]).toEqual([400, { code: 'request/invalid', message: expect.stringContaining('not JSON') }])
      expect(errorOf(await client.post(path, []))).toEqual({ status: 400, code: 'request/invalid' })
    },
  )

  it('names the fields', async () => {
    const { body } = await client.post('/api/projects', { path: '' })
    expect((body as { message: string }).message).toMatch(/path: .*; tree: /)
  })

  it('to an address that does not exist is answered 404 as JSON', async () => {
    expect(errorOf(await client.get('/api/nothing'))).toEqual({ status: 404, code: 'server/unknown-route' })
    expect(errorOf(await client.post('/api/queue', {}))).toEqual({ status: 404, code: 'server/unknown-route' })
  })

  it('that meets a fault of ours is not called wrong', async () => {
    await client.desk.open(await surveyOnDisk(folder))
    client.desk.project().db.exec('DROP TABLE labels')
    expect(errorOf(await client.get('/api/labels'))).toEqual({ status: 500, code: 'server/bug' })
  })
})
