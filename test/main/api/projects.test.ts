import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { folderListingSchema } from '@shared/contract/requests'
import { projectSummarySchema, roundRecordSchema } from '@shared/contract/records'
import { builtInTrees } from '@shared/science/tree/built-in'
import { errorOf, newClient, ownFolder, surveyOnDisk, type Client } from './support'

let folder: string
let client: Client
beforeEach(() => {
  folder = ownFolder()
  client = newClient()
})

describe('projects', () => {
  it('are made with a tree and opened at once', async () => {
    const path = join(folder, 'mine.galaxydesk')
    const { status, body } = await client.post('/api/projects', { path, tree: 'gz2' })
    expect(status).toBe(200)
    expect(projectSummarySchema.parse(body)).toMatchObject({ path, name: 'mine', tree: { id: 'gz2' }, splitSeed: null, hasVotes: false })
    expect(client.desk.project().path).toBe(path)
    expect((await client.get('/api/projects')).body).toEqual({
      recent: [{ path, name: 'mine', openedAt: expect.any(String), exists: true }],
      suggestedFolder: join(folder, 'projects'),
    })
  })

  it('are not made over files that are there', async () => {
    mkdirSync(join(folder, 'full'))
    writeFileSync(join(folder, 'full', 'thesis.tex'), 'text')
    expect(errorOf(await client.post('/api/projects', { path: join(folder, 'full'), tree: 'gz2' }))).toEqual({
      status: 409,
      code: 'project/not-empty',
    })
  })

  it('are not made with a tree that does not exist', async () => {
    expect(errorOf(await client.post('/api/projects', { path: join(folder, 'x'), tree: 'gz9' }))).toEqual({
      status: 404,
      code: 'tree/unknown',
    })
  })

  it('that are missing or damaged cannot be opened, and the open one stays', async () => {
    const path = await surveyOnDisk(folder)
    await client.post('/api/projects/open', { path })
    expect(errorOf(await client.post('/api/projects/open', { path: join(folder, 'gone') }))).toEqual({
      status: 404,
      code: 'catalogue/missing',
    })
    mkdirSync(join(folder, 'damaged'))
    writeFileSync(join(folder, 'damaged', 'catalogue.sqlite'), 'not a database at all'.repeat(100))
    expect(errorOf(await client.post('/api/projects/open', { path: join(folder, 'damaged') }))).toEqual({
      status: 400,
      code: 'catalogue/corrupt',
    })
    expect(client.desk.project().summary().path).toBe(path)
  })

  it('opened twice at once leave one open', async () => {
    const [first, second] = [join(folder, 'a'), join(folder, 'b')]
    await client.post('/api/projects', { path: first, tree: 'gz2' })
    await client.post('/api/projects', { path: second, tree: 'rings' })
    const before = client.desk.project()
    const answers = await Promise.all([first, second, first].map((path) => client.post('/api/projects/open', { path })))
    expect(answers.map(({ body }) => (body as { path: string }).path)).toEqual([first, second, first])
    expect(before.db.open).toBe(false)
    expect(client.desk.project().path).toBe(first)
  })
})

describe('split', () => {
  it('freezes the test set and opens round 0', async () => {
    await client.desk.open(await surveyOnDisk(folder))
    const { status, body } = await client.post('/api/split', { test: 2, initial: 3, seed: 7 })
    expect(status).toBe(200)
    expect(projectSummarySchema.parse(body)).toMatchObject({
      counts: { galaxies: 10, pool: 8, test: 2, labelled: 0 },
      openRound: 0,
      splitSeed: 7,
    })
    const { rounds } = (await client.get('/api/rounds')).body as { rounds: unknown[] }
    expect(rounds.map((round) => roundRecordSchema.parse(round))).toMatchObject([
      { number: 0, strategy: 'random', isOpen: true, models: [] },
    ])
  })

  it('is made once', async () => {
    await client.desk.open(await surveyOnDisk(folder))
    await client.post('/api/split', { test: 2, initial: 3 })
    expect(errorOf(await client.post('/api/split', { test: 2, initial: 3 }))).toEqual({ status: 409, code: 'split/exists' })
  })

  it('of more galaxies than there are is refused', async () => {
    await client.desk.open(await surveyOnDisk(folder))
    expect(errorOf(await client.post('/api/split', { test: 9, initial: 3 }))).toEqual({ status: 400, code: 'split/too-large' })
  })
})

describe('the built-in trees', () => {
  it('are listed with their numbers of questions and answers', async () => {
    const { trees } = (await client.get('/api/trees')).body as { trees: { id: string; questions: number; answers: number }[] }
    expect(trees.map(({ id }) => id)).toEqual(builtInTrees.map(({ id }) => id))
    expect(trees.find(({ id }) => id === 'gz-decals-dr5')).toEqual({ id: 'gz-decals-dr5', questions: 10, answers: 34 })
  })
})

describe('folders', () => {
  it('are listed for a browser without native dialogs', async () => {
    mkdirSync(join(folder, 'images'))
    writeFileSync(join(folder, 'table.csv'), 'id\n')
    const listing = folderListingSchema.parse((await client.get(`/api/folders?path=${encodeURIComponent(folder)}`)).body)
    expect(listing.entries.map(({ name, kind }) => [name, kind])).toEqual([
      ['images', 'folder'],
      ['table.csv', 'file'],
    ])
  })

  it('that do not exist are an error that says so', async () => {
    const answer = await client.get(`/api/folders?path=${encodeURIComponent(join(folder, 'nowhere'))}`)
    expect(answer).toMatchObject({ status: 400, body: { code: 'folder/unreadable', message: expect.stringContaining('does not exist') } })
  })
})
