import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AppError } from '@shared/science/errors'
import { isOutOfMemory, withinMemory } from '@main/compute/training/memory'
import { lookForTensorflow } from '../use-engine'
import { runTraining } from './run-training'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memory-'))
})
afterAll(() => rm(folder, { recursive: true }))

type Answer = { sha256: string; lossCurve: { trainLoss: number }[]; microBatch: number; leaked: number }
/** What TensorFlow's allocator may have in all; the batch needs more, half of it does not. */
const TENSORFLOW_BYTES = '400000000'

function train(engine: string, isShort: boolean, checkpointPath: string | null, killAtStep: number | null = null) {
  const environment: Record<string, string> = isShort && engine === 'tensorflow' ? { TF_MKL_ALLOC_MAX_BYTES: TENSORFLOW_BYTES } : {}
  return runTraining<Answer>('short-of-memory.ts', 'trainShortOfMemory', { engine, checkpointPath, isShort }, { killAtStep, environment })
}

const SEVERAL_PROCESSES_MS = 900_000

const engines = [
  { engine: 'wasm', there: existsSync('out/kernels/simd.wasm') },
  { engine: 'tensorflow', there: !(await lookForTensorflow()).isLeftOut },
]
describe.each(engines)('the engine $engine, its memory really full (there: $there)', ({ engine, there }) => {
  test.skipIf(!there)(
    'halves the micro-batch, ends well, and goes on after a kill with what it found, byte for byte',
    async () => {
      const whole = await train(engine, true, null)
      expect(whole.answer?.microBatch).toBeLessThan(112)
      expect(whole.answer?.leaked).toBe(0)
      const losses = whole.answer!.lossCurve.map(({ trainLoss }) => trainLoss)
      expect(losses).toHaveLength(3)
      expect(losses[2]).toBeLessThan(losses[0]!)

      const path = join(folder, `${engine}.safetensors`)
      const killed = await train(engine, true, path, 3)
      expect(killed.signal).toBe('SIGKILL')
      // With memory enough for the whole batch: what was found before stays.
      const resumed = await train(engine, false, path)
      expect(resumed.firstStep).toBeGreaterThanOrEqual(2)
      expect(resumed.answer).toEqual(whole.answer)
    },
    SEVERAL_PROCESSES_MS,
  )
})

describe('withinMemory', () => {
  const full = new AppError('engine/out-of-memory', 'full')

  test('halves until it fits, and undoes each attempt that did not', async () => {
    const seen: string[] = []
    const work = (size: number) => (seen.push(`try ${size}`), size > 3 ? Promise.reject(full) : Promise.resolve('done'))
    expect(await withinMemory(11, work, () => seen.push('undo'))).toEqual({ value: 'done', microBatch: 3 })
    expect(seen).toEqual(['try 11', 'undo', 'try 6', 'undo', 'try 3'])
  })

  test('gives up at one galaxy, and lets other errors through at once', async () => {
    await expect(withinMemory(2, () => Promise.reject(full))).rejects.toMatchObject({ code: 'engine/out-of-memory', cause: full })
    await expect(withinMemory(2, () => Promise.reject(full))).rejects.toThrow('Not even one galaxy')
    const other = new Error('of another kind')
    await expect(withinMemory(8, () => Promise.reject(other))).rejects.toBe(other)
  })

  test.each([
    'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[112,128,128,64] and type float',
    'Invalid TF_Status: 10\nMessage: Operation received an exception:Status: 1, message: could not create a primitive',
    'std::bad_alloc',
    'Array buffer allocation failed',
  ])('takes "%s" for memory that ran out', (message) => {
    expect(isOutOfMemory(new Error(message))).toBe(true)
  })

  test('takes nothing else for it', () => {
    expect(isOutOfMemory(new Error('Invalid TF_Status: 3\nMessage: Incompatible shapes'))).toBe(false)
    expect(isOutOfMemory(new AppError('training/not-finite', 'the galaxies ran out of memory'))).toBe(false)
    expect(isOutOfMemory('bad_alloc')).toBe(false)
  })
})
