import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { beforeEach, describe, expect, test } from 'vitest'
import { galaxyContextSchema, historySchema, labellingSettingsSchema, writtenSchema } from '@shared/contract/labelling'
import { agreementSchema, differenceSchema, qualitySchema } from '@shared/contract/quality'
import { queueSchema, type QueueTurn } from '@shared/contract/records'
import { importGold } from '@main/ingest/import-gold'
import { answerOf, nextUuid } from '../catalogue/support'
import { errorOf, newClient, ownFolder, surveyOnDisk, type Client } from './support'

let folder: string
let client: Client
beforeEach(() => {
  folder = ownFolder()
  client = newClient()
})

async function openForLabelling(count = 10, settings: Record<string, unknown> = {}): Promise<QueueTurn[]> {
  await client.desk.open(await surveyOnDisk(folder, { count }))
  await client.post('/api/labelling', { repeatShare: 0, doubleShare: 1, ...settings })
  await client.post('/api/split', { test: 2, initial: count - 2, seed: 1 })
  return queueOf('ada')
}
const queueOf = async (annotator: string) => queueSchema.parse((await client.get(`/api/queue?annotator=${annotator}&limit=500`)).body).items
async function say(
  galaxyKey: number,
  annotator: string,
  answers: Record<string, string>,
  more: Record<string, unknown> = {},
): Promise<void> {
  for (const [question, answer] of Object.entries(answers)) {
    const { status } = await client.post('/api/labels', { ...answerOf(galaxyKey, question, answer, annotator), ...more })
    expect(status).toBe(200)
  }
}
const smooth = { smooth: 'yes', odd: 'no' }

describe('the settings of labelling', () => {
  test('are kept, and refused where they make no sense', async () => {
    await openForLabelling()
    const settings = labellingSettingsSchema.parse((await client.get('/api/labelling')).body)
    expect(settings).toEqual({ repeatShare: 0, doubleShare: 1, breakMinutes: 45, hints: 'never' })
    expect(errorOf(await client.post('/api/labelling', { doubleShare: 2 }))).toEqual({ status: 400, code: 'request/invalid' })
  })

  test('are changed one by one: what is not named stays as another window set it', async () => {
    await openForLabelling()
    await client.post('/api/labelling', { hints: 'after' })
    const settings = { repeatShare: 0, doubleShare: 1, breakMinutes: 30, hints: 'after' }
    expect((await client.post('/api/labelling', { breakMinutes: 30 })).body).toEqual(settings)
    expect((await client.get('/api/labelling')).body).toEqual(settings)
    for (const nothing of [{}, { hint: 'before' }])
      expect(errorOf(await client.post('/api/labelling', nothing))).toEqual({ status: 400, code: 'request/invalid' })
    expect((await client.get('/api/labelling')).body).toEqual(settings)
  })
})

describe('a batch', () => {
  test('is one answer, one undo, and comes with every galaxy', async () => {
    const items = await openForLabelling()
    const entries = items
      .slice(0, 4)
      .map(({ galaxyKey, turn }) => ({ uuid: nextUuid(), galaxyKey, turn, kind: 'answer', question: 'odd', answer: 'yes' }))
    const written = writtenSchema.parse((await client.post('/api/labels/batch', { batch: nextUuid(), annotator: 'ada', entries })).body)
    expect([written.events.length, written.items.map(({ answers }) => answers.length)]).toEqual([4, [1, 1, 1, 1]])
    const undone = writtenSchema.parse((await client.post('/api/labels/undo', { uuid: nextUuid(), annotator: 'ada' })).body)
    expect([undone.events.length, undone.items.map(({ answers }) => answers.length)]).toEqual([4, [0, 0, 0, 0]])
    expect(errorOf(await client.post('/api/labels/batch', { batch: nextUuid(), annotator: 'ada', entries: [] })).status).toBe(400)
  })
})

describe('the history', () => {
  test('is searched by id, answer and note, page by page, and marks what was undone', async () => {
    const [first, second] = await openForLabelling()
    await say(first!.galaxyKey, 'ada', smooth)
    await client.post('/api/labels', {
      uuid: nextUuid(),
      galaxyKey: second!.galaxyKey,
      kind: 'note',
      note: '100% tidal_tail',
      annotator: 'ben',
    })
    await client.post('/api/labels/undo', { uuid: nextUuid(), annotator: 'ada' })
    const history = async (query: string) => historySchema.parse((await client.get(`/api/history?${query}`)).body)
    expect((await history('')).entries.map(({ kind, stands }) => [kind, stands])).toEqual([
      ['note', true],
      ['answer', false],
      ['answer', true],
    ])
    expect((await history(`text=${encodeURIComponent('0% tidal_')}`)).entries).toHaveLength(1)
    expect((await history(`text=${encodeURIComponent('tidal%')}`)).entries).toHaveLength(0)
    expect((await history(`text=${first!.id}&annotator=ada`)).entries.map(({ id }) => id)).toEqual([first!.id, first!.id])
    const page = await history('limit=2')
    expect((await history(`limit=2&before=${page.next}`)).entries).toHaveLength(1)
    expect((await history('limit=5')).next).toBeNull()
  })
})

describe('agreement', () => {
  test('counts the questions that both were asked, lists where they differ, and takes a resolution', async () => {
    const items = await openForLabelling(12)
    const keys = items.map(({ galaxyKey }) => galaxyKey)
    for (const key of keys) await say(key, 'ada', smooth)
    for (const key of keys.slice(0, 6)) await say(key, 'ben', smooth)
    await say(keys[6]!, 'ben', { smooth: 'no', 'edge-on': 'yes', odd: 'no' })
    const agreement = agreementSchema.parse((await client.get('/api/agreement')).body)
    expect(agreement).toMatchObject({ method: 'cohen', galaxies: 7, differing: 1, resolved: 0 })
    expect(agreement.questions.smooth).toMatchObject({ n: 7, agreement: 6 / 7, kappa: 0 })
    expect(agreement.questions['edge-on']!.n).toBe(0)
    expect(agreement.annotators.map(({ name, galaxies }) => [name, galaxies])).toEqual([
      ['ada', keys.length],
      ['ben', 7],
    ])
    await client.post('/api/labels', {
      uuid: nextUuid(),
      galaxyKey: keys[6],
      kind: 'resolve',
      question: 'smooth',
      answer: 'yes',
      annotator: 'ada',
    })
    const { differences } = (await client.get('/api/agreement/differences')).body as { differences: unknown[] }
    expect(differenceSchema.parse(differences[0])).toMatchObject({
      galaxyKey: keys[6],
      questions: ['smooth'],
      answers: [{ annotator: 'ada' }, { annotator: 'ben' }],
      resolved: [{ question: 'smooth', answer: 'yes' }],
    })
  })
})

describe('quality', () => {
  test('compares repeats with the first answers, gold with what is known, and times what was no pause', async () => {
    const items = await openForLabelling(90, { doubleShare: 0, repeatShare: 0.5 })
    const table = join(folder, 'gold.csv')
    writeFileSync(table, `id,truth\n${items[0]!.id},yes\n${items[1]!.id},no\n${items[2]!.id},\n`)
    const { body } = await client.post('/api/gold', { table, question: 'smooth', answerColumn: 'truth' })
    expect(body).toEqual({ taken: 2, known: 2, empty: 1, withoutImage: 0 })
    for (const { galaxyKey } of items) await say(galaxyKey, 'ada', smooth, { durationMs: 2_000 })
    const repeats = (await queueOf('ada')).filter(({ isComplete }) => !isComplete)
    expect(repeats.length).toBeGreaterThan(5)
    for (const [i, { galaxyKey, turn }] of repeats.entries())
      await say(galaxyKey, 'ada', { smooth: i === 0 ? 'artifact' : 'yes', odd: 'no' }, { durationMs: i === 1 ? 500_000 : 1_000, turn })
    const quality = qualitySchema.parse((await client.get('/api/quality?annotator=ada')).body)
    expect(quality.self.smooth).toMatchObject({ n: repeats.length, agreement: 1 - 1 / repeats.length })
    expect(quality.gold).toMatchObject({ smooth: { right: 1, n: 2, other: 0 } })
    expect(quality.pauses).toBe(2)
    expect(quality.secondsPerGalaxy).toMatchObject({ median: 4 })
    expect(quality.sessions).toHaveLength(1)
    expect(quality.drift.reduce((sum, part) => sum + part.galaxies, 0)).toBe(quality.galaxies + repeats.length)
  })

  test('gold is taken whole or not at all, and the wrong row is named', async () => {
    const items = await openForLabelling()
    const table = join(folder, 'gold.csv')
    const gold = { table, idColumn: 'id', question: 'smooth', answerColumn: 'truth' }
    const { db } = client.desk.project()
    writeFileSync(table, `id,truth\n${items[0]!.id},yes\nnobody,yes\n`)
    await expect(importGold(db, gold)).rejects.toMatchObject({ code: 'gold/bad-row', message: expect.stringContaining('Row 3') as string })
    writeFileSync(table, `id,truth\n${items[0]!.id},perhaps\n`)
    expect(await client.post('/api/gold', gold)).toMatchObject({ status: 400, body: { code: 'gold/bad-row' } })
    writeFileSync(table, `id,truth\n${items[0]!.id},yes\n${items[0]!.id},yes\n${items[0]!.id},no\n`)
    const twice = `Row 4 of ${table}: galaxy "${items[0]!.id}" is no here and yes in row 3.`
    await expect(importGold(db, gold)).rejects.toMatchObject({
      code: 'gold/bad-row',
      message: expect.stringContaining(twice) as string,
    })
    await expect(importGold(db, { ...gold, answerColumn: 'answer' })).rejects.toMatchObject({ code: 'import/missing-column' })
    await expect(importGold(db, { ...gold, question: 'colour' })).rejects.toMatchObject({ code: 'gold/unknown-question' })
    expect(db.prepare('SELECT count(*) FROM gold').pluck().get()).toBe(0)
  })
})

describe('what is known of a galaxy', () => {
  test('holds votes and the others’ answers only when they are asked for', async () => {
    await client.desk.open(await surveyOnDisk(folder, { hasVotes: true }))
    await client.post('/api/split', { test: 2, initial: 3, seed: 1 })
    await say(1, 'ben', { smooth: 'no' })
    const context = async (query: string) => galaxyContextSchema.parse((await client.get(`/api/galaxies/1?annotator=ada${query}`)).body)
    expect(await context('')).toMatchObject({ id: 'g1', metadata: null, votes: null, others: null, views: [{ view: 1 }] })
    expect((await context('&columns=true')).metadata).toEqual({})
    expect((await context('&votes=true')).votes).toMatchObject({ recorded: { smooth: { yes: 30, no: 10, artifact: 0 } } })
    expect((await context('&others=true')).others).toMatchObject([{ annotator: 'ben', answers: [{ question: 'smooth', answer: 'no' }] }])
    expect(errorOf(await client.get('/api/galaxies/999'))).toEqual({ status: 404, code: 'galaxy/unknown' })
  })
})

describe('a catalogue that cannot be written', () => {
  test('is said with its reason, and the same entry is saved when it can be written again', async () => {
    const [item] = await openForLabelling()
    const { db, path } = client.desk.project()
    db.pragma('busy_timeout = 50')
    const other = new Sqlite(join(path, 'catalogue.sqlite'))
    other.exec('BEGIN IMMEDIATE')
    const request = answerOf(item!.galaxyKey, 'smooth', 'yes')
    expect(errorOf(await client.post('/api/labels', request))).toEqual({ status: 503, code: 'catalogue/busy' })
    other.exec('ROLLBACK')
    other.close()
    expect((await client.post('/api/labels', request)).status).toBe(200)

    // A database that may not grow answers as a full disk does.
    const pages = db.pragma('page_count', { simple: true }) as number
    db.pragma(`max_page_count = ${pages}`)
    const long = { uuid: nextUuid(), galaxyKey: item!.galaxyKey, kind: 'note', note: 'x'.repeat(200_000), annotator: 'ada' }
    expect(errorOf(await client.post('/api/labels', long))).toEqual({ status: 503, code: 'catalogue/disk-full' })
    db.pragma('max_page_count = 1000000')
    expect((await client.post('/api/labels', long)).status).toBe(200)
  })
})
