import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { acquireParamsSchema, predictParamsSchema, roundParamsSchema } from '@shared/contract/job'
import type { ModelCard } from '@shared/contract/records'
import { checkCatalogue } from '@main/catalogue/check'
import { latestModel, listModels, saveModel } from '@main/catalogue/models'
import { readPredictions, savePredictions } from '@main/catalogue/predictions'
import { readRounds } from '@main/catalogue/rounds'
import { revealVotes } from '@main/catalogue/splits'
import { createLoop } from '@main/services/loop'
import { predictCutOff } from '../catalogue/support'
import {
  computeHere,
  drawGrey,
  jobContext,
  keptChecksum,
  tinySurvey,
  tinyTraining,
  trainedSurvey,
  useFastest,
  type TinySurvey,
} from './loop-support'

beforeAll(useFastest)

const onePass = predictParamsSchema.parse({ views: 1, samples: 2 })
const someGalaxies = acquireParamsSchema.parse({ strategy: 'entropy', count: 2, samples: 2 })
const lookedAt = ({ phases }: ReturnType<typeof jobContext>) =>
  Math.max(0, ...phases.filter(({ phase }) => phase === 'looking at galaxies').map(({ total }) => total))
const fractions = ({ db }: TinySurvey, model: string) =>
  new Map(Array.from(readPredictions(db, model), ({ id, fraction_A }) => [id, [...fraction_A]]))
const codeOf = (code: string, message = '') => expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('an image that was changed after its features were kept', () => {
  test('is named by the check, looked at anew by the next prediction, and by that alone', async () => {
    const survey = await trainedSurvey()
    const { db, loop, imageOf } = survey
    const first = jobContext('first')
    expect((await loop.predict(onePass, first)).changedImages).toEqual([])
    expect(lookedAt(first)).toBe(16)
    const before = fractions(survey, 'model-001')
    expect(await checkCatalogue(db)).toEqual([])

    const bytes = await drawGrey(imageOf('g3'), 255)
    // Touched and still the same image.
    utimesSync(imageOf('g4'), new Date(), new Date())
    expect(await checkCatalogue(db)).toEqual([codeOf('check/image-changed', 'galaxy g3 ')])
    const second = jobContext('second')
    expect((await loop.predict(onePass, second)).changedImages).toEqual(['g3'])
    expect(lookedAt(second)).toBe(1)
    const after = fractions(survey, 'model-001')
    expect([...after.keys()].filter((id) => String(after.get(id)) !== String(before.get(id)))).toEqual(['g3'])
    expect(keptChecksum(db, 'g3')).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(await checkCatalogue(db)).toEqual([])

    const third = jobContext('third')
    expect((await loop.predict(onePass, third)).changedImages).toEqual([])
    expect(lookedAt(third)).toBe(0)
  })

  test('is noticed although its size and its date are the old ones', async () => {
    const { loop, imageOf } = await trainedSurvey()
    await loop.predict(onePass, jobContext('first'))
    const file = imageOf('g5')
    const { size, mtime, atime } = statSync(file)
    const other = readFileSync(imageOf('g6'))
    expect(other).toHaveLength(size)
    writeFileSync(file, other)
    utimesSync(file, atime, mtime)
    expect((await loop.predict(onePass, jobContext('second'))).changedImages).toEqual(['g5'])
  })

  test('before any features were kept is noticed too, by the strategy as well', async () => {
    const { db, loop, imageOf } = await trainedSurvey()
    const pool = db
      .prepare<[], string>(
        'SELECT id FROM galaxies WHERE galaxy_key NOT IN (SELECT galaxy_key FROM held_out) AND galaxy_key NOT IN (SELECT galaxy_key FROM revealed_votes) ORDER BY galaxy_key',
      )
      .pluck()
      .all()
    const bytes = await drawGrey(imageOf(pool[0]!), 254)
    expect((await loop.acquire(someGalaxies, jobContext('acquire'))).candidates).toBe(4)
    expect(keptChecksum(db, pool[0]!)).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  test('that is gone is still predicted from its kept features, and named by the check', async () => {
    const { db, loop, imageOf } = await trainedSurvey()
    await loop.predict(onePass, jobContext('first'))
    rmSync(imageOf('g7'))
    expect(await loop.predict(onePass, jobContext('second'))).toMatchObject({ galaxies: 16, changedImages: [] })
    expect(await checkCatalogue(db)).toEqual([codeOf('check/image-missing', 'galaxy g7 is gone')])
  })
})

describe('a training that is resumed', () => {
  const cutOff = () => jobContext('cut', { until: ({ phase, done }) => phase === 'training' && done === 1 })

  test('goes on from the model, in the round and with the recipe that it began with', async () => {
    const { db, loop, path } = await trainedSurvey()
    const whole = await trainedSurvey()
    const params = tinyTraining({ from: 'latest', network: undefined, sizePx: undefined, epochs: 2 })
    const expected = await whole.loop.train(params, jobContext('whole'))

    const context = cutOff()
    await expect(loop.train(params, context)).rejects.toThrow(codeOf('job/cancelled'))
    expect(existsSync(join(path, 'models', 'model-002', 'checkpoint.safetensors'))).toBe(true)
    await loop.train(tinyTraining({ seed: 5 }), jobContext('meanwhile', { modelId: 'model-003' }))
    await loop.predict(onePass, jobContext('predict'))
    await loop.acquire(someGalaxies, jobContext('acquire'))
    revealVotes(db, 1)
    expect(latestModel(db)!.id).toBe('model-003')

    const card = await loop.train(params, jobContext('cut', { modelId: context.modelId }))
    expect(card).toMatchObject({ id: 'model-002', parent: 'model-001', round: 0, trainingGalaxies: 8 })
    const { trainingSeconds, createdAt, ...fixed } = card
    expect([trainingSeconds > 0, createdAt > expected.createdAt]).toEqual([true, true])
    expect(expected).toMatchObject(fixed)
    expect(latestModel(db)!.id).toBe('model-002')
  })

  test('on another engine is refused and names the one it began on', async () => {
    const { db, loop } = await tinySurvey()
    const context = cutOff()
    await expect(loop.train(tinyTraining(), context)).rejects.toThrow(codeOf('job/cancelled'))
    const elsewhere = createLoop(db, computeHere('webgpu'))
    const again = jobContext('cut', { modelId: context.modelId })
    await expect(elsewhere.train(tinyTraining(), again)).rejects.toThrow(
      codeOf('training/other-engine', `--engine ${tf.getBackend()}`),
    )
    expect(await loop.train(tinyTraining(), again)).toMatchObject({ id: 'model-001', engine: tf.getBackend() })
  })

  test('a prediction that is resumed stays with its model when another was trained meanwhile', async () => {
    const { loop } = await trainedSurvey()
    const context = jobContext('predict', { until: ({ phase }) => phase === 'looking at galaxies' })
    await expect(loop.predict(onePass, context)).rejects.toThrow(codeOf('job/cancelled'))
    await loop.train(tinyTraining(), jobContext('two'))
    expect(await loop.predict(onePass, jobContext('predict', { modelId: context.modelId }))).toMatchObject({ model: 'model-001' })
  })
})

describe('a round', () => {
  test('that its job had opened before it was cut off is not opened again', async () => {
    const { db, loop } = await tinySurvey()
    const params = roundParamsSchema.parse({ train: tinyTraining(), predict: onePass, acquire: someGalaxies })
    const context = jobContext('round')
    const result = await loop.round(params, context)
    expect(result).toMatchObject({ round: 1, candidates: 4 })
    expect(result.galaxies).toHaveLength(2)
    const resumed = jobContext('round', { modelId: context.modelId })
    expect(await loop.round(params, resumed)).toEqual(result)
    expect(resumed.phases).toEqual([])
    expect(await loop.acquire(someGalaxies, resumed)).toEqual(result)
    expect(readRounds(db).map(({ number }) => number)).toEqual([0, 1])
    expect(await loop.acquire(someGalaxies, jobContext('another'))).toMatchObject({ round: 2 })
  })

  test('of a network with one output is refused before it trains when the strategy needs the tree', async () => {
    const { db, loop } = await tinySurvey()
    const acquire = acquireParamsSchema.parse({ count: 2 })
    const params = roundParamsSchema.parse({ train: tinyTraining({ network: 'w20-cnn' }), predict: onePass, acquire })
    const context = jobContext('round')
    await expect(loop.round(params, context)).rejects.toThrow(codeOf('acquisition/needs-tree', '"mutual-information"'))
    expect([context.phases, listModels(db)]).toEqual([[], []])
    const { id } = await loop.train(params.train, jobContext('train'))
    const looking = jobContext('acquire')
    await expect(loop.acquire(acquire, looking)).rejects.toThrow(codeOf('acquisition/needs-tree', id))
    expect(looking.phases).toEqual([])
    const goesOn = roundParamsSchema.parse({ train: tinyTraining({ network: undefined, from: 'latest' }), predict: onePass, acquire })
    await expect(loop.round(goesOn, jobContext('on'))).rejects.toThrow(codeOf('acquisition/needs-tree'))
  })
})

test('training the head alone from scratch is refused, and leaves no model', async () => {
  const { db, loop } = await tinySurvey()
  const context = jobContext('head')
  await expect(loop.train(tinyTraining({ train: 'head' }), context)).rejects.toThrow(codeOf('training/head-from-scratch', '--from MODEL'))
  expect([context.modelId, listModels(db)]).toEqual([null, []])
})

describe('the errors of a model', () => {
  /** A model in the catalogue that predicts 0.5 of every galaxy: the truth of it does not matter here. */
  async function predicted(survey: TinySurvey, change: Partial<ModelCard> = {}): Promise<string> {
    const { db } = survey
    const card = latestModel(db)!
    saveModel(db, { ...card, ...change })
    const keys = db.prepare<[], number>('SELECT galaxy_key FROM galaxies').pluck().all()
    await savePredictions(db, card.id, keys, new Float32Array(2 * keys.length).fill(0.5))
    return card.id
  }

  test('are compared with the mean of what the model was trained on, whatever was labelled since', async () => {
    const survey = await trainedSurvey({ count: 46, test: 34, initial: 6, votesEach: 40 })
    const id = await predicted(survey)
    const [{ meanFractions }] = listModels(survey.db) as [ModelCard]
    const revealed = survey.db
      .prepare<[], number>('SELECT galaxy_key FROM revealed_votes')
      .pluck()
      .all()
      .map((key) => Math.round((40 * key) / 46) / 40)
    expect(revealed).toHaveLength(6)
    expect(meanFractions![0]).toBeCloseTo(revealed.reduce((sum, fraction) => sum + fraction, 0) / 6, 6)
    const first = await survey.loop.measure(id)
    expect(first.questions.bright!.answers.yes!.rmseConstant).toBeGreaterThan(0)
    survey.db.exec(
      'INSERT INTO revealed_votes SELECT galaxy_key, 0 FROM galaxies WHERE galaxy_key NOT IN (SELECT galaxy_key FROM held_out) AND galaxy_key NOT IN (SELECT galaxy_key FROM revealed_votes)',
    )
    expect(await survey.loop.measure(id)).toEqual(first)
  })

  test('are not told where its predictions were cut off', async () => {
    const { db, loop } = await trainedSurvey()
    await predictCutOff(db, 'model-001', 2)
    await expect(loop.measure('model-001')).rejects.toThrow(codeOf('predict/cut-off', 'Predict again'))
  })

  test('of a model whose training mean is not known are compared with nothing', async () => {
    const survey = await trainedSurvey({ count: 46, test: 34, initial: 6, votesEach: 40 })
    const id = await predicted(survey, { meanFractions: null })
    const { answers, n } = (await survey.loop.measure(id)).questions.bright!
    expect([n, answers.yes!.rmseConstant, answers.yes!.ratio]).toEqual([34, null, null])
    expect(answers.yes!.rmse).toBeGreaterThan(0)
  })

  test('count with the published thresholds where there are votes enough', async () => {
    const survey = await trainedSurvey({ count: 46, test: 34, initial: 6, votesEach: 40 })
    const metrics = await survey.loop.measure(await predicted(survey))
    expect(metrics).toMatchObject({ caveat: null, thresholds: { minFirstVotes: 34, minProportionAsked: 0.5, minQuestionVotes: 20 } })
    expect(metrics.questions.bright!.n).toBe(34)
  })

  test('of galaxies with one vote each are measured, and the caveat says so', async () => {
    const survey = await trainedSurvey({ count: 46, test: 34, initial: 6, votesEach: 1 })
    const metrics = await survey.loop.measure(await predicted(survey))
    expect(metrics.thresholds).toEqual({ minFirstVotes: 1, minProportionAsked: 0.5, minQuestionVotes: 1 })
    expect(metrics.questions.bright!.n).toBe(34)
    expect(metrics.meanRmse).toBeCloseTo(0.5, 6)
    expect(metrics.caveat).toContain('half of them have 1 or fewer')
  })

  test.each([
    [{ minFirstVotes: 41 }, '--min-first-votes'],
    [{ minProportionAsked: 1 }, '--min-asked'],
    [{ minQuestionVotes: 41 }, '--min-votes'],
  ])('with the threshold %o count nothing, and the caveat names %s', async (params, option) => {
    const survey = await trainedSurvey({ count: 46, test: 34, initial: 6, votesEach: 40 })
    const metrics = await survey.loop.measure(await predicted(survey), params)
    expect(metrics).toMatchObject({ meanRmse: null, thresholds: params, caveat: expect.stringContaining(option) })
  })
})
