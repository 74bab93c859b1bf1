import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trainNetwork } from '@main/compute/training/trainer'
import { lookForTensorflow, useEngine } from '../use-engine'
import { runTraining } from './run-training'
import { brightOrDark, tinyNetwork, trainingOptions } from './support'

let folder: string
beforeAll(async () => {
  await useEngine()
  folder = await mkdtemp(join(tmpdir(), 'resume-'))
})
afterAll(() => rm(folder, { recursive: true }))

type Answer = { sha256: string; lossCurve: unknown[]; bestEpoch: number }

/** How many steps may go by until the kill comes: at any moment of them, but in time. */
const STEPS_TO_KILL = 5

function train(engine: string, part: string, checkpointPath: string | null, killAtStep: number | null) {
  const slowFromStep = killAtStep === null ? null : killAtStep + STEPS_TO_KILL
  return runTraining<Answer>('train-in-process.ts', 'trainInProcess', { engine, checkpointPath, train: part, slowFromStep }, { killAtStep })
}

const engines = [
  { engine: 'cpu', there: true },
  { engine: 'wasm', there: existsSync('out/kernels/simd.wasm') },
  { engine: 'tensorflow', there: !(await lookForTensorflow()).isLeftOut },
]
describe.each(engines)('on the engine $engine (there: $there)', ({ engine, there }) => {
  test.skipIf(!there).each(['all', 'head'])(
    'killed twice and resumed, training %s ends with the same weights, byte for byte',
    async (part) => {
      const whole = await train(engine, part, null, null)
      const path = join(folder, `${engine}-${part}.safetensors`)
      const first = await train(engine, part, path, 8)
      const second = await train(engine, part, path, 33)
      const last = await train(engine, part, path, null)
      expect([first.signal, second.signal, last.signal]).toEqual(['SIGKILL', 'SIGKILL', null])
      expect(first.firstStep).toBe(1)
      // The kill comes while or before the step's own checkpoint is written.
      expect(second.firstStep).toBeGreaterThanOrEqual(8)
      expect(last.firstStep).toBeGreaterThanOrEqual(33)
      expect(whole.answer?.sha256).toMatch(/^[0-9a-f]{64}$/)
      expect(last.answer).toEqual(whole.answer)
    },
  )
})

describe('a checkpoint', () => {
  test('of a cancelled training is gone on from in the same process, with the same end', async () => {
    const checkpoint = { path: join(folder, 'cancelled.safetensors'), everySeconds: 1000 }
    const data = brightOrDark(24)
    const whole = tinyNetwork()
    const wholeResult = await trainNetwork(whole, data, trainingOptions())
    const cancel = new AbortController()
    const cancelled = trainNetwork(tinyNetwork(), data, trainingOptions(), {
      checkpoint,
      signal: cancel.signal,
      onProgress: ({ done }) => done === 4 && cancel.abort(),
    })
    await expect(cancelled).rejects.toMatchObject({ code: 'job/cancelled' })
    const resumed = tinyNetwork(undefined, 99)
    const steps: number[] = []
    const result = await trainNetwork(resumed, data, trainingOptions(), { checkpoint, onProgress: ({ done }) => steps.push(done) })
    expect(steps[0]).toBe(5)
    expect(result.lossCurve).toEqual(wholeResult.lossCurve)
    for (const [name, variable] of whole.variables) expect(resumed.variables.get(name)!.dataSync()).toEqual(variable.dataSync())
  })

  test('of other votes or another seed is refused, and left as it is', async () => {
    const path = join(folder, 'other.safetensors')
    const checkpoint = { path, everySeconds: 0 }
    await trainNetwork(tinyNetwork(), brightOrDark(16), trainingOptions({ epochs: 1 }), { checkpoint })
    const data = brightOrDark(16)
    data.votes_NA[0]! += 1
    for (const [changed, options] of [
      [data, trainingOptions()],
      [brightOrDark(16), trainingOptions({ seed: 2 })],
    ] as const) {
      await expect(trainNetwork(tinyNetwork(), changed, options, { checkpoint })).rejects.toMatchObject({
        code: 'training/other-checkpoint',
      })
    }
    expect(existsSync(path)).toBe(true)
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp') && name.startsWith('other'))).toEqual([])
  })

  test('lets the number of epochs grow', async () => {
    const checkpoint = { path: join(folder, 'longer.safetensors'), everySeconds: 0 }
    await trainNetwork(tinyNetwork(), brightOrDark(16), trainingOptions({ epochs: 2 }), { checkpoint })
    const result = await trainNetwork(tinyNetwork(), brightOrDark(16), trainingOptions({ epochs: 4 }), { checkpoint })
    const whole = await trainNetwork(tinyNetwork(), brightOrDark(16), trainingOptions({ epochs: 4 }))
    expect(result.lossCurve).toEqual(whole.lossCurve)
  })
})
