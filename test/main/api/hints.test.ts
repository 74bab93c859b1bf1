import { beforeEach, describe, expect, test } from 'vitest'
import { hintsSchema, type Hints } from '@shared/contract/hints'
import { historySchema, writtenSchema } from '@shared/contract/labelling'
import { qualitySchema } from '@shared/contract/quality'
import { queueSchema, type QueueTurn } from '@shared/contract/records'
import { answerNames } from '@shared/science/tree/decision-tree'
import { saveModel } from '@main/catalogue/models'
import { savePredictions } from '@main/catalogue/predictions'
import { modelCard } from '../catalogue/model-card'
import { answerOf, nextUuid, smallTree } from '../catalogue/support'
import { errorOf, newClient, ownFolder, surveyOnDisk, type Client } from './support'

/** Of the answers in their order. As float32 each has digits of its own, so that what of it reaches the window can be looked for. */
const FRACTIONS = Float32Array.of(0.123, 0.745, 0.132, 0.678, 0.322, 0.456, 0.544, 0.0712, 0.9288)
/** The answers whose fractions are in a text. */
const told = (text: string) => answerNames(smallTree).filter((_, a) => text.includes(String(FRACTIONS[a])))

let client: Client
let item: QueueTurn
beforeEach(async () => {
  client = newClient()
  await client.desk.open(await surveyOnDisk(ownFolder()))
  await client.post('/api/labelling', { repeatShare: 0 })
  await client.post('/api/split', { test: 2, initial: 8, seed: 1 })
  item = queueSchema.parse((await client.get('/api/queue?annotator=ada')).body).items[0]!
  const { db } = client.desk.project()
  saveModel(db, modelCard('m1', { outputs: answerNames(smallTree) }))
  await savePredictions(db, 'm1', [item.galaxyKey], FRACTIONS)
})

const set = (hints: string) => client.post('/api/labelling', { repeatShare: 0, hints })
const ask = (annotator = 'ada') => client.post('/api/hints', { galaxyKey: item.galaxyKey, turn: item.turn, annotator })
const hints = async (annotator?: string): Promise<Hints> => hintsSchema.parse((await ask(annotator)).body)
const say = async (question: string, answer: string) =>
  writtenSchema.parse((await client.post('/api/labels', { ...answerOf(item.galaxyKey, question, answer), turn: item.turn })).body)

/** Everything that the Label view reads of a galaxy, and what it is answered when it writes, as text. */
async function readByLabelView(): Promise<string> {
  const { galaxyKey } = item
  const paths = [
    '/api/queue?annotator=ada',
    `/api/queue/item?annotator=ada&galaxyKey=${galaxyKey}`,
    `/api/galaxies/${galaxyKey}?annotator=ada&votes=true&others=true`,
    `/api/labels?galaxyKey=${galaxyKey}`,
    '/api/history',
    '/api/quality?annotator=ada',
    '/api/status',
  ]
  const bodies = await Promise.all(paths.map(async (path) => (await client.get(path)).body))
  return JSON.stringify([...bodies, (await ask()).body])
}

describe('hints', () => {
  test('reach the window in nothing that it reads while they are never to be seen', async () => {
    expect(told(await readByLabelView())).toEqual([])
    await say('smooth', 'yes')
    const done = await say('odd', 'no')
    expect(done.items[0]!.isComplete).toBe(true)
    expect(told(JSON.stringify(done) + (await readByLabelView()))).toEqual([])
  })

  test('reach it with `after` question by question, as each answer is committed', async () => {
    await set('after')
    expect(told(await readByLabelView())).toEqual([])
    await say('smooth', 'no')
    expect((await hints()).questions).toMatchObject([{ question: 'smooth', guess: 'no' }])
    expect((await hints('ben')).questions).toEqual([])
    expect(told(await readByLabelView())).toEqual(['smooth_yes', 'smooth_no', 'smooth_artifact'])
  })

  test('reach it with `before` at once, and the log, the history and the quality say so of the answers', async () => {
    const unseen = await say('smooth', 'no')
    expect(unseen.events).toMatchObject([{ hintSeen: false }])
    await set('before')
    expect(told(JSON.stringify(await hints()))).toEqual(answerNames(smallTree))
    expect((await say('odd', 'no')).events).toMatchObject([{ hintSeen: true }])
    const { entries } = historySchema.parse((await client.get('/api/history')).body)
    expect(entries.map(({ question, hintSeen }) => [question, hintSeen])).toEqual([
      ['odd', true],
      ['smooth', false],
    ])
    const quality = async () => qualitySchema.parse((await client.get('/api/quality?annotator=ada')).body).hints
    expect(await quality()).toEqual({ seen: 1, unseen: 1, unknown: 0 })
    await client.post('/api/labels/undo', { uuid: nextUuid(), annotator: 'ada' })
    expect(await quality()).toEqual({ seen: 0, unseen: 1, unknown: 0 })
  })

  test('cannot be claimed or denied by the window', async () => {
    await set('before')
    await hints()
    const claim = { ...answerOf(item.galaxyKey, 'smooth', 'no'), turn: item.turn, hintSeen: false }
    const written = writtenSchema.parse((await client.post('/api/labels', claim)).body)
    expect(written.events).toMatchObject([{ hintSeen: true }])
  })

  test('are refused without an annotator, of no galaxy, and of another turn', async () => {
    expect(errorOf(await ask(''))).toEqual({ status: 400, code: 'request/invalid' })
    expect(errorOf(await client.post('/api/hints', { galaxyKey: 999, annotator: 'ada' }))).toEqual({ status: 404, code: 'galaxy/unknown' })
    expect(errorOf(await client.post('/api/hints', { galaxyKey: item.galaxyKey, turn: 'x', annotator: 'ada' })).code).toBe(
      'label/unknown-turn',
    )
    expect((await client.get('/api/hints')).status).toBe(404)
  })
})
