import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GalaxyImage } from '@main/catalogue/views'
import { worstDifference } from '@main/compute/predict/reference-images'
import { decodeBatches } from '@main/compute/tasks/decode'
import { INDEX_BYTES } from '@main/compute/tasks/feature-index'
import { keepFeatures, type FeaturePlan } from '@main/compute/tasks/features'
import { createRandom } from '@shared/science/stats/random'
import { engineUnderTest, useEngine } from '../use-engine'
import { makeSurvey, taskContext, tinyModel, writeImage } from './survey'

let folder: string
let survey: GalaxyImage[]
beforeAll(async () => {
  await useEngine()
  folder = mkdtempSync(join(tmpdir(), 'keep-'))
  survey = await makeSurvey(join(folder, 'images'), 60)
})
afterAll(() => rmSync(folder, { recursive: true }))

let projects = 0
const newProject = () => join(folder, `project-${++projects}`)
const storeFiles = ['store.json', 'features.f32', 'index.bin'] as const
const pathOf = (project: string, name: string) => join(project, 'features', 'model-1', name)
const rowsIn = (project: string) => statSync(pathOf(project, 'index.bin')).size / INDEX_BYTES
const plan: FeaturePlan = { views: 2, seed: 1, isChecked: true }

/** What is kept of these galaxies: who made what was missing, which images had changed, and the features [N, V, F]. */
async function keep(project: string, galaxies: readonly GalaxyImage[], overrides: Partial<FeaturePlan> = {}, seed = 1) {
  const model = tinyModel(project, seed)
  const kept = await keepFeatures(project, model, galaxies, { ...plan, ...overrides }, taskContext(engineUnderTest))
  const features = kept.store.read(kept.rows)
  kept.store.close()
  model.network.dispose()
  return { encoder: kept.encoder, changed: kept.changed, galaxyKeys: [...kept.galaxyKeys], features }
}

/** How many galaxies may go by until the kill comes. */
const GALAXIES_TO_KILL = 20

/** Keeps features in a process of its own, which is killed (SIGKILL) `afterMs` after it said that it made `killAt`. */
async function keepInProcess(
  galaxies: readonly GalaxyImage[],
  project: string,
  encoder: string,
  kill: { at: number; afterMs: number } | null,
) {
  // The kill comes at any moment, but in time.
  const slowFrom = kill && kill.at + GALAXIES_TO_KILL
  const request = JSON.stringify([{ engine: 'cpu', encoder, projectPath: project, galaxies, slowFrom }])
  const program = 'test/main/compute/engine/source-process.mjs'
  const child = spawn(process.execPath, [program, '../../test/main/compute/tasks/features-in-process.ts', 'keepInProcess', request], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_, signal) => resolve(signal)))
  let answer: unknown = null
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) answer = (JSON.parse(line) as { answer: unknown }).answer
    const done = /^looking at galaxies: (\d+)$/.exec(line)
    if (done && kill && Number(done[1]) >= kill.at) setTimeout(() => child.kill('SIGKILL'), kill.afterMs)
  }
  return { signal: await ended, answer }
}

describe.each(['auto', 'engine'])('features that the encoder "%s" makes', (encoder) => {
  test('killed at random points and resumed, end as the same files, byte for byte', { timeout: 900_000 }, async () => {
    // Enough of them that a process is killed long before it has made them all.
    const many = await makeSurvey(join(folder, 'many'), 300)
    const random = createRandom(5, 'kills', encoder)
    const whole = newProject()
    expect(await keepInProcess(many, whole, encoder, null)).toEqual({
      signal: null,
      answer: encoder === 'engine' ? 'engine cpu' : (expect.stringMatching(/^onnxruntime .* cpu$/) as string),
    })
    const cut = newProject()
    const rows: number[] = []
    for (let kills = 0; kills < 4; kills++) {
      const { signal } = await keepInProcess(many, cut, encoder, { at: 4 * (1 + random.integer(8)), afterMs: random.uniform(0, 6) })
      rows.push(rowsIn(cut))
      // What was not said in time ends well: then there was nothing more to kill.
      if (signal === null) break
    }
    expect(rows[0]).toBeGreaterThan(0)
    expect(rows[0]).toBeLessThan(many.length)
    await keepInProcess(many, cut, encoder, null)
    for (const name of storeFiles) expect(readFileSync(pathOf(cut, name)).equals(readFileSync(pathOf(whole, name)))).toBe(true)
    expect(rowsIn(cut)).toBe(many.length)
  })
})

describe('kept features', () => {
  test('are those of the network on the views of each galaxy, from either encoder', async () => {
    const fast = await keep(newProject(), survey)
    const own = await keep(newProject(), survey, { encoder: 'engine' })
    expect(fast.encoder?.name).toMatch(/^onnxruntime/)
    expect(own.encoder?.name).toBe(`engine ${engineUnderTest}`)
    expect(own.galaxyKeys).toEqual(survey.map(({ galaxyKey }) => galaxyKey))
    expect(worstDifference(fast.features, own.features, 60 * 2)).toBeLessThan(1e-5)
    const [first, second] = [own.features.subarray(0, 8), own.features.subarray(8, 16)]
    expect([...first]).not.toEqual([...second])
  })

  test('do not depend on how many galaxies there are, nor on how many views go at once', async () => {
    const all = await keep(newProject(), survey)
    const some = await keep(newProject(), survey.slice(10, 13))
    expect([...some.features]).toEqual([...all.features.subarray(10 * 16, 13 * 16)])
    const many = await keep(newProject(), survey.slice(10, 11), { views: 50 })
    expect([...many.features.subarray(0, 16)]).toEqual([...some.features.subarray(0, 16)])
  })

  test('are used again, and only those of an image that changed are made anew', async () => {
    const project = newProject()
    const galaxies = await makeSurvey(join(folder, 'changing'), 20)
    const before = await keep(project, galaxies)
    const again = await keep(project, galaxies)
    expect([again.encoder, again.changed, rowsIn(project)]).toEqual([null, [], 20])
    const checksum = await writeImage(galaxies[7]!.path, 999)
    const after = await keep(project, galaxies)
    expect(after.changed).toEqual([{ galaxyKey: 8, id: 'galaxy-8', checksum }])
    expect(rowsIn(project)).toBe(21)
    const differing = galaxies.filter(
      (_, i) => before.features.slice(i * 16, (i + 1) * 16).join() !== after.features.slice(i * 16, (i + 1) * 16).join(),
    )
    expect(differing.map(({ galaxyKey }) => galaxyKey)).toEqual([8])
  })

  test('of new galaxies are added to the others', async () => {
    const project = newProject()
    await keep(project, survey.slice(0, 50))
    const bytes = readFileSync(pathOf(project, 'features.f32'))
    const all = await keep(project, survey)
    expect([rowsIn(project), all.galaxyKeys.length]).toEqual([60, 60])
    expect(readFileSync(pathOf(project, 'features.f32')).subarray(0, bytes.length).equals(bytes)).toBe(true)
  })

  test('of other weights are made anew, all of them', async () => {
    const project = newProject()
    const before = await keep(project, survey)
    const after = await keep(project, survey, {}, 2)
    expect([rowsIn(project), after.encoder?.name]).toEqual([60, expect.stringMatching(/^onnxruntime/)])
    expect(worstDifference(after.features, before.features, 120)).toBeGreaterThan(0.01)
  })

  test('never change when another encoder goes on: its rows follow, and the store says so', async () => {
    const project = newProject()
    await keep(project, survey.slice(0, 30))
    const bytes = readFileSync(pathOf(project, 'features.f32'))
    await keep(project, survey, { encoder: 'engine' })
    expect(readFileSync(pathOf(project, 'features.f32')).subarray(0, bytes.length).equals(bytes)).toBe(true)
    const { makers } = JSON.parse(readFileSync(pathOf(project, 'store.json'), 'utf8')) as { makers: unknown }
    expect(makers).toEqual([
      { name: expect.stringMatching(/^onnxruntime/) as string, fromRow: 0 },
      { name: `engine ${engineUnderTest}`, fromRow: 30 },
    ])
  })

  test('of a galaxy that is gone at the second walk are left out', async () => {
    const project = newProject()
    const model = tinyModel(project)
    let walks = 0
    const shrinking = { [Symbol.iterator]: () => survey.slice(0, ++walks <= 3 ? 10 : 9)[Symbol.iterator]() }
    const kept = await keepFeatures(project, model, shrinking, plan, taskContext(engineUnderTest))
    expect([[...kept.galaxyKeys].length, walks]).toEqual([9, 4])
    kept.store.close()
    model.network.dispose()
  })
})

describe('making features', () => {
  test('stops at an image that cannot be read, and names galaxy and file; what was made before is kept', async () => {
    const project = newProject()
    const galaxies = await makeSurvey(join(folder, 'broken'), 30)
    writeFileSync(galaxies[20]!.path, readFileSync(galaxies[20]!.path).subarray(0, 100))
    await expect(keep(project, galaxies)).rejects.toMatchObject({
      code: 'image/unreadable',
      message: expect.stringMatching(new RegExp(`galaxy-21 .*${galaxies[20]!.path}`)) as string,
    })
    // The batches before it; how long they are depends on the machine.
    expect(rowsIn(project)).toBeGreaterThan(0)
    expect(rowsIn(project)).toBeLessThanOrEqual(20)
  })

  test('ends within one batch when it is cancelled, with no tensor left', async () => {
    const project = newProject()
    const model = tinyModel(project)
    const tensors = tf.memory().numTensors
    const cancel = new AbortController()
    const reports: number[] = []
    const context = taskContext(
      engineUnderTest,
      ({ phase, done }) => {
        if (phase !== 'looking at galaxies') return
        reports.push(done)
        cancel.abort()
      },
      cancel.signal,
    )
    await expect(keepFeatures(project, model, survey, plan, context)).rejects.toMatchObject({ code: 'job/cancelled' })
    expect(reports).toHaveLength(1)
    expect(rowsIn(project)).toBe(reports[0])
    expect(tf.memory().numTensors).toBe(tensors)
    model.network.dispose()
  })
})

describe('decoding', () => {
  test('runs a bounded number of images ahead of whoever takes them, in their order', async () => {
    let started = 0
    let taken = 0
    let furthest = 0
    function* endless(): Generator<GalaxyImage> {
      for (; started < 400; started++) yield survey[started % survey.length]!
    }
    const keys: number[] = []
    for await (const batch of decodeBatches(endless(), 10, 8)) {
      furthest = Math.max(furthest, started - taken)
      taken += batch.length
      keys.push(...batch.map(({ galaxyKey }) => galaxyKey))
    }
    expect(keys).toEqual(Array.from({ length: 400 }, (_, i) => survey[i % survey.length]!.galaxyKey))
    expect(furthest).toBeGreaterThanOrEqual(32)
    expect(furthest).toBeLessThanOrEqual(80)
  })

  test('that is left early starts no more images', async () => {
    let started = 0
    let isClosed = false
    function* walk(): Generator<GalaxyImage> {
      try {
        for (const galaxy of survey.concat(survey, survey)) {
          started += 1
          yield galaxy
        }
      } finally {
        isClosed = true
      }
    }
    for await (const batch of decodeBatches(walk(), 10, 4)) if (batch.length > 0) break
    const atTheEnd = started
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([started, isClosed]).toEqual([atTheEnd, true])
    expect(started).toBeLessThan(180)
  })
})
