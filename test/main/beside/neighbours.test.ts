import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Neighbours } from '@shared/contract/beside'
import { createRandom } from '@shared/science/stats/random'
import { appendLabel } from '@main/catalogue/labels'
import { saveModel } from '@main/catalogue/models'
import type { WritableDb } from '@main/catalogue/open'
import { openRound } from '@main/catalogue/rounds'
import { undoLatest } from '@main/catalogue/undo'
import { openFeatureStore } from '@main/compute/tasks/feature-store'
import { answerOf, nextUuid, surveyProject } from '../catalogue/support'
import { card, predict, searchOf } from '../search/support'

const FEATURES = 32
const VIEWS = 3
const COUNT = 40

/** Features of the galaxies g1, g2, … by their key, as a model with this seed gives them: [views, features] in one row. */
function featuresOf(seed: number): Map<number, Float32Array> {
  const random = createRandom(seed, 'features')
  return new Map(
    Array.from({ length: COUNT }, (_, i) => [i + 1, Float32Array.from({ length: VIEWS * FEATURES }, () => random.uniform(-0.2, 1))]),
  )
}

/** What a prediction of the survey leaves. */
async function predictSurvey(path: string, db: WritableDb, id: string, seed: number): Promise<Map<number, Float32Array>> {
  const features = featuresOf(seed)
  await predict(db, id, [...features.keys()])
  saveModel(db, card(id, { weightsSha256: `weights-${id}` }))
  keepFeatures(path, db, id, features)
  return features
}

function keepFeatures(path: string, db: WritableDb, id: string, features: Map<number, Float32Array>): void {
  const key = { weightsSha256: `weights-${id}`, views: VIEWS, viewSeed: 1, featureCount: FEATURES }
  const store = openFeatureStore(join(path, 'features', id), key)
  const sources = [...features.keys()].map((galaxyKey) => ({ galaxyKey, checksum: checksumOf(db, galaxyKey), stamp: '01'.repeat(8) }))
  store.append(sources, Float32Array.from([...features.values()].flatMap((values) => [...values])), 'engine')
  store.close()
}

const checksumOf = (db: WritableDb, galaxyKey: number) =>
  db.prepare<[number], string>('SELECT checksum FROM views WHERE galaxy_key = ? AND view = 1').pluck().get(galaxyKey)!

/** Images with real checksums: those of the features are compared by their first bytes. */
function survey() {
  const project = surveyProject({ count: COUNT })
  const change = project.db.prepare('UPDATE all_views SET checksum = ? WHERE galaxy_key = ?')
  for (let key = 1; key <= COUNT; key++) change.run(key.toString(16).padStart(4, '0').repeat(16), key)
  return project
}

/** Similarities in double precision, of the means over the views. */
function expected(
  features: Map<number, Float32Array>,
  galaxyKey: number,
  others: readonly number[],
): { galaxyKey: number; similarity: number }[] {
  const mean = (key: number) =>
    Array.from({ length: FEATURES }, (_, f) => {
      const values = features.get(key)!
      return Array.from({ length: VIEWS }, (__, view) => values[view * FEATURES + f]!).reduce((sum, value) => sum + value, 0) / VIEWS
    })
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, f) => sum + value * b[f]!, 0)
  const own = mean(galaxyKey)
  return others
    .filter((key) => key !== galaxyKey)
    .map((key) => {
      const other = mean(key)
      return { galaxyKey: key, similarity: dot(own, other) / Math.sqrt(dot(own, own) * dot(other, other)) }
    })
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, 6)
}

function found(neighbours: Neighbours): Extract<Neighbours, { kind: 'found' }> {
  if (neighbours.kind !== 'found') throw new Error(`no neighbours: ${neighbours.reason}`)
  return neighbours
}
const keys = (neighbours: Neighbours) => found(neighbours).neighbours.map(({ galaxyKey }) => galaxyKey)
const label = (db: WritableDb, galaxyKeys: readonly number[], annotator = 'ada') => {
  for (const key of galaxyKeys) appendLabel(db, answerOf(key, 'smooth', key % 2 === 0 ? 'yes' : 'no', annotator))
}
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('the nearest labelled galaxies', () => {
  test('are the six most alike of those that this annotator labelled, with what was answered', async () => {
    const { path, db } = survey()
    const features = await predictSurvey(path, db, 'model-001', 3)
    label(db, range(1, 20))
    label(db, range(21, 40), 'bob')
    const search = searchOf(path)
    for (const galaxyKey of [1, 30]) {
      const neighbours = found(await search.neighbours(galaxyKey, 'ada'))
      const reference = expected(features, galaxyKey, range(1, 20))
      expect(neighbours.modelId).toBe('model-001')
      expect(neighbours.neighbours.map((each) => each.galaxyKey)).toEqual(reference.map((each) => each.galaxyKey))
      neighbours.neighbours.forEach(({ galaxyKey: key, id, similarity, answers, cannotTell }, i) => {
        expect(similarity).toBeCloseTo(reference[i]!.similarity, 5)
        expect([id, answers, cannotTell]).toEqual([`g${key}`, [{ question: 'smooth', answer: key % 2 === 0 ? 'yes' : 'no' }], []])
      })
    }
    expect(keys(await search.neighbours(1, 'bob'))).toEqual(expected(features, 1, range(21, 40)).map(({ galaxyKey }) => galaxyKey))
  })

  test('follow the log: what is labelled comes, what is taken back goes', async () => {
    const { path, db } = survey()
    const features = await predictSurvey(path, db, 'model-001', 4)
    const search = searchOf(path)
    label(db, [2, 3])
    expect(keys(await search.neighbours(1, 'ada')).toSorted()).toEqual([2, 3])
    label(db, range(4, 12))
    expect(keys(await search.neighbours(1, 'ada'))).toEqual(expected(features, 1, range(2, 12)).map(({ galaxyKey }) => galaxyKey))
    undoLatest(db, { uuid: nextUuid(), annotator: 'ada' })
    expect(keys(await search.neighbours(1, 'ada'))).toEqual(expected(features, 1, range(2, 11)).map(({ galaxyKey }) => galaxyKey))
  })

  test('flags and notes alone are no labels, what cannot be told is one', async () => {
    const { path, db } = survey()
    await predictSurvey(path, db, 'model-001', 4)
    appendLabel(db, { ...answerOf(2, '', ''), kind: 'flag' })
    const search = searchOf(path)
    expect(await search.neighbours(1, 'ada')).toEqual({ kind: 'none', reason: 'no-labels', modelId: 'model-001' })
    appendLabel(db, { ...answerOf(3, 'smooth', ''), kind: 'cannot-tell', answer: null })
    expect(found(await search.neighbours(1, 'ada')).neighbours).toMatchObject([{ galaxyKey: 3, answers: [], cannotTell: ['smooth'] }])
  })

  test('a galaxy that is to come to the annotator again unannounced is not among them', async () => {
    const { path, db } = survey()
    await predictSurvey(path, db, 'model-001', 4)
    openRound(db, { strategy: 'random', modelId: null, seed: 1, params: {} }, [
      { galaxyKey: 9, score: null, isRandom: true, inclusionProbability: 1, parts: {} },
    ])
    label(db, [2, 3, 4])
    db.prepare("INSERT INTO visits (round, annotator, galaxy_key, pass, place) VALUES (0, 'ada', 3, 1, 1)").run()
    const search = searchOf(path)
    expect(keys(await search.neighbours(1, 'ada')).toSorted()).toEqual([2, 4])
    db.prepare('UPDATE visits SET done = 1').run()
    expect(keys(await search.neighbours(1, 'ada')).toSorted()).toEqual([2, 3, 4])
  })

  test('questions that are asked at once are all answered as if they came one by one', async () => {
    const { path, db } = survey()
    await predictSurvey(path, db, 'model-001', 5)
    label(db, range(1, 30))
    const search = searchOf(path)
    const together = await Promise.all(range(31, 40).map((key) => search.neighbours(key, 'ada')))
    const alone = searchOf(path)
    for (const [i, neighbours] of together.entries()) expect(neighbours).toEqual(await alone.neighbours(31 + i, 'ada'))
  })
})

describe('features', () => {
  test('are of the latest model alone: those of the one before are never shown in their place', async () => {
    const { path, db } = survey()
    const search = searchOf(path)
    label(db, range(1, 20))
    expect(await search.neighbours(1, 'ada')).toEqual({ kind: 'none', reason: 'no-model', modelId: null })
    await predictSurvey(path, db, 'model-001', 6)
    expect(found(await search.neighbours(1, 'ada')).modelId).toBe('model-001')
    saveModel(db, card('model-002', { weightsSha256: 'weights-model-002' }))
    expect(await search.neighbours(1, 'ada')).toEqual({ kind: 'none', reason: 'not-predicted', modelId: 'model-002' })
    const features = await predictSurvey(path, db, 'model-002', 7)
    expect(keys(await search.neighbours(1, 'ada'))).toEqual(expected(features, 1, range(1, 20)).map(({ galaxyKey }) => galaxyKey))
  })

  test('of other weights than the card names are not used', async () => {
    const { path, db } = survey()
    await predictSurvey(path, db, 'model-001', 6)
    label(db, [2, 3])
    saveModel(db, card('model-001', { weightsSha256: 'others' }))
    expect(await searchOf(path).neighbours(1, 'ada')).toEqual({ kind: 'none', reason: 'no-features', modelId: 'model-001' })
  })

  test('that are kept only after the prediction are found as soon as they are there', async () => {
    const { path, db } = survey()
    const features = featuresOf(6)
    await predict(db, 'model-001', [...features.keys()])
    saveModel(db, card('model-001', { weightsSha256: 'weights-model-001' }))
    label(db, [2, 3])
    const search = searchOf(path)
    expect(await search.neighbours(1, 'ada')).toEqual({ kind: 'none', reason: 'no-features', modelId: 'model-001' })
    keepFeatures(path, db, 'model-001', features)
    expect(keys(await search.neighbours(1, 'ada'))).toEqual(expected(features, 1, [2, 3]).map(({ galaxyKey }) => galaxyKey))
  })

  test('of an image that is another one now are not used', async () => {
    const { path, db } = survey()
    await predictSurvey(path, db, 'model-001', 6)
    label(db, [2, 3])
    const change = db.prepare('UPDATE all_views SET checksum = ? WHERE galaxy_key = ?')
    change.run('ab'.repeat(32), 3)
    expect(keys(await searchOf(path).neighbours(1, 'ada'))).toEqual([2])
    change.run('cd'.repeat(32), 1)
    expect(await searchOf(path).neighbours(1, 'ada')).toEqual({ kind: 'none', reason: 'no-features', modelId: 'model-001' })
  })
})
