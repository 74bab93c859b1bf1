import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { predictParamsSchema } from '@shared/contract/job'
import { listModels } from '@main/catalogue/models'
import { decodeSafetensors } from '@main/compute/model/safetensors'
import { drawGrey, jobContext, tinySurvey, tinyTraining, trainedSurvey, useFastest, type TestContext } from '../../services/loop-support'

beforeAll(useFastest)

/** How many of them a phase was about; 0 when there was none. */
const totalOf = ({ phases }: TestContext, name: string) =>
  Math.max(0, ...phases.filter(({ phase }) => phase === name).map(({ total }) => total))
const codeOf = (code: string, message = '') => expect.objectContaining({ code, message: expect.stringContaining(message) as string })
const headOnly = tinyTraining({ from: 'latest', train: 'head', network: undefined, sizePx: undefined, epochs: 3, batch: undefined })
const encoderOf = (path: string, model: string) => {
  const file = join(path, 'models', model, 'weights.safetensors')
  const weights = decodeSafetensors(readFileSync(file), file).tensors
  return [...weights].filter(([name]) => !name.startsWith('head/'))
}

describe('the images of a training', () => {
  test('are decoded by the first one of a survey, and by the second only where they were changed', async () => {
    const { loop, imageOf, path } = await tinySurvey()
    const contexts = [jobContext('first'), jobContext('second'), jobContext('third')] as const
    await loop.train(tinyTraining(), contexts[0])
    await loop.train(tinyTraining({ seed: 2 }), contexts[1])
    const { ids } = JSON.parse(readFileSync(join(path, 'models', 'model-001', 'training-set.json'), 'utf8')) as { ids: string[] }
    await drawGrey(imageOf(ids[0]!), 3)
    await loop.train(tinyTraining({ seed: 3 }), contexts[2])
    expect(contexts.map((context) => totalOf(context, 'reading images'))).toEqual([8, 0, 1])
  })
})

describe('training the head alone', () => {
  test('on features that a prediction kept touches no image, and leaves the encoder as it was', async () => {
    const { loop, path } = await trainedSurvey()
    await loop.predict(predictParamsSchema.parse({ views: 3, samples: 2 }), jobContext('predict'))
    rmSync(join(path, 'images'), { recursive: true })
    rmSync(join(path, 'images-cache'), { recursive: true })
    const tensors = tf.memory().numTensors
    const context = jobContext('head')
    const card = await loop.train(headOnly, context)
    expect(tf.memory().numTensors).toBe(tensors)
    expect(card).toMatchObject({ id: 'model-002', parent: 'model-001', trainedPart: 'head', batch: 128, microBatch: 128, epochs: 3 })
    expect([totalOf(context, 'reading images'), totalOf(context, 'looking at galaxies')]).toEqual([0, 0])
    expect(totalOf(context, 'training')).toBe(3)
    expect(encoderOf(path, 'model-002')).toEqual(encoderOf(path, 'model-001'))
  })

  test('makes the features that are missing, for the labelled galaxies alone, and keeps them for the next', async () => {
    const { loop } = await trainedSurvey()
    const [first, second] = [jobContext('first'), jobContext('second')]
    await loop.train({ ...headOnly, from: 'model-001' }, first)
    await loop.train({ ...headOnly, from: 'model-001', seed: 2 }, second)
    expect([first, second].map((context) => totalOf(context, 'looking at galaxies'))).toEqual([8, 0])
  })
})

describe('a training that had ended when it was cut off', () => {
  const full = "CREATE TRIGGER full BEFORE INSERT ON models BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
  const epochsOf = ({ phases }: TestContext) => phases.filter(({ phase }) => phase === 'training').length

  test('before the catalogue knew its model is not done again', async () => {
    const { db, loop } = await tinySurvey()
    db.exec(full)
    const cut = jobContext('cut')
    await expect(loop.train(tinyTraining(), cut)).rejects.toThrow('disk is full')
    expect(epochsOf(cut)).toBeGreaterThan(0)
    db.exec('DROP TRIGGER full')
    const resumed = jobContext('cut', { modelId: cut.modelId })
    const card = await loop.train(tinyTraining(), resumed)
    expect(epochsOf(resumed)).toBe(0)
    expect(listModels(db)).toEqual([card])
  })

  test('is done again where its weights are not those that its card names', async () => {
    const { db, loop, path } = await tinySurvey()
    db.exec(full)
    const cut = jobContext('cut')
    await expect(loop.train(tinyTraining(), cut)).rejects.toThrow('disk is full')
    db.exec('DROP TRIGGER full')
    const weights = join(path, 'models', 'model-001', 'weights.safetensors')
    const before = readFileSync(weights)
    writeFileSync(weights, before.subarray(0, 1_000))
    const resumed = jobContext('cut', { modelId: cut.modelId })
    await loop.train(tinyTraining(), resumed)
    expect(epochsOf(resumed)).toBeGreaterThan(0)
    expect(readFileSync(weights).equals(before)).toBe(true)
  })
})

describe('how a model was trained', () => {
  test('is frozen with the training and stands on its card', async () => {
    const { loop } = await tinySurvey()
    const asked = tinyTraining({ learningRate: 2e-3, schedule: 'cosine', clip: 'off', ema: 0.9, batch: 6, epochs: 2 })
    const cut = jobContext('cut', { until: ({ phase, done }) => phase === 'training' && done === 1 })
    await expect(loop.train(asked, cut)).rejects.toThrow(codeOf('job/cancelled'))
    const card = await loop.train(tinyTraining({ epochs: 9 }), jobContext('cut', { modelId: cut.modelId }))
    expect(card).toMatchObject({
      learningRate: 2e-3,
      schedule: 'cosine',
      clipNorm: null,
      averageDecay: 0.9,
      batch: 6,
      microBatch: 6,
      epochs: 2,
    })
  })

  test('in half precision is refused with the reason, and leaves no model', async () => {
    const { db, loop } = await tinySurvey()
    const refused = loop.train(tinyTraining({ precision: 'mixed' }), jobContext('mixed'))
    await expect(refused).rejects.toThrow(
      codeOf('training/no-mixed-precision', `The engine ${tf.getBackend()} trains in single precision only`),
    )
    expect(listModels(db)).toEqual([])
  })
})
