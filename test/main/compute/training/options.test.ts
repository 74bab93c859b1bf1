import * as tf from '@tensorflow/tfjs-core'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAverage } from '@main/compute/training/average'
import { trainNetwork } from '@main/compute/training/trainer'
import type { TrainingOptions } from '@main/compute/training/training-data'
import { useEngine } from '../use-engine'
import { brightOrDark, tinyNetwork, trainingOptions } from './support'

let folder: string
beforeAll(async () => {
  await useEngine()
  folder = await mkdtemp(join(tmpdir(), 'options-'))
})
afterAll(() => rm(folder, { recursive: true }))

const weightsAfter = async (change: Partial<TrainingOptions>) => {
  const network = tinyNetwork()
  const result = await trainNetwork(network, { ...brightOrDark(24), validationIndices: [] }, trainingOptions(change))
  const kernel = Array.from(network.variables.get('conv2/kernel')!.dataSync())
  network.dispose()
  return { kernel, result }
}
const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((value, i) => value - b[i]!))

describe('the options of a training', () => {
  const everything: Partial<TrainingOptions> = { microBatch: 3, schedule: 'cosine', averageDecay: 0.9, clipNorm: 0.5 }

  test.each([
    ['micro-batches', { microBatch: 3 }],
    ['cosine', { schedule: 'cosine' }],
    ['the average', { averageDecay: 0.9 }],
    ['no clipping', { clipNorm: null }],
    ['all together', everything],
    ['all together, the head alone', { ...everything, train: 'head' }],
  ] as const)('%s: no tensor is left over, and the training goes on from a cancel with the same weights', async (name, change) => {
    const data = brightOrDark(24)
    const options = trainingOptions({ epochs: 4, learningRate: 1e-2, ...change })
    const whole = tinyNetwork()
    const tensors = tf.memory().numTensors
    const wholeResult = await trainNetwork(whole, data, options)
    expect(tf.memory().numTensors).toBe(tensors)

    const cancel = new AbortController()
    const control = { signal: cancel.signal, checkpoint: { path: join(folder, `${name}.safetensors`), everySeconds: 1000 } }
    const onProgress = ({ phase, done }: { phase: string; done: number }) => {
      if (phase === 'training' && done === 5) cancel.abort()
    }
    const cut = tinyNetwork()
    await expect(trainNetwork(cut, data, options, { ...control, onProgress })).rejects.toMatchObject({ code: 'job/cancelled' })
    const resumed = await trainNetwork(cut, data, options, { checkpoint: control.checkpoint })
    expect(resumed.lossCurve).toEqual(wholeResult.lossCurve)
    for (const [weight, variable] of whole.variables) expect(cut.variables.get(weight)!.dataSync()).toEqual(variable.dataSync())
    whole.dispose()
    cut.dispose()
  })

  test('another schedule, average, clipping or learning rate is another training: its checkpoint is refused', async () => {
    const checkpoint = { path: join(folder, 'other.safetensors'), everySeconds: 0 }
    const data = brightOrDark(16)
    const network = tinyNetwork()
    await trainNetwork(network, data, trainingOptions({ epochs: 1 }), { checkpoint })
    for (const change of [{ schedule: 'cosine' }, { averageDecay: 0.5 }, { clipNorm: null }, { learningRate: 2e-3 }] as const) {
      const again = trainNetwork(network, data, trainingOptions({ epochs: 2, ...change }), { checkpoint })
      await expect(again).rejects.toMatchObject({ code: 'training/other-checkpoint' })
    }
    network.dispose()
  })

  test('the cosine schedule goes by the number of epochs: it cannot grow', async () => {
    const checkpoint = { path: join(folder, 'longer.safetensors'), everySeconds: 0 }
    const network = tinyNetwork()
    await trainNetwork(network, brightOrDark(16), trainingOptions({ epochs: 2, schedule: 'cosine' }), { checkpoint })
    const longer = trainNetwork(network, brightOrDark(16), trainingOptions({ epochs: 3, schedule: 'cosine' }), { checkpoint })
    await expect(longer).rejects.toMatchObject({ code: 'training/other-checkpoint' })
    network.dispose()
  })

  test('a shorter clipping keeps the weights nearer to their start; none lets them go as far as a clipping that is never reached', async () => {
    const start = Array.from(tinyNetwork().variables.get('conv2/kernel')!.dataSync())
    // With Adam the length of a gradient hardly matters, its changes do: one step, and a rate that shows.
    const [off, wide, narrow] = [
      await weightsAfter({ clipNorm: null, epochs: 1 }),
      await weightsAfter({ clipNorm: 1e6, epochs: 1 }),
      await weightsAfter({ clipNorm: 1e-7, epochs: 1 }),
    ]
    expect(off.kernel).toEqual(wide.kernel)
    expect(distance(narrow.kernel, start)).toBeLessThan(0.5 * distance(off.kernel, start))
  })

  test('averaging changes what is validated and kept, not what is trained', async () => {
    const [plain, averaged] = [await weightsAfter({}), await weightsAfter({ averageDecay: 0.95 })]
    const trainLosses = ({ result }: typeof plain) => result.lossCurve.map(({ trainLoss }) => trainLoss)
    expect(trainLosses(averaged)).toEqual(trainLosses(plain))
    const start = Array.from(tinyNetwork().variables.get('conv2/kernel')!.dataSync())
    // The average of a path that leads away from the start lies nearer to it.
    expect(distance(averaged.kernel, start)).toBeLessThan(0.9 * distance(plain.kernel, start))
    expect(distance(averaged.kernel, start)).toBeGreaterThan(0)
  })
})

describe('the moving average', () => {
  test('follows in the first steps faster than its decay, later by it; the weights come back after it was looked at', async () => {
    const weight = tf.variable(tf.tensor1d([0]))
    const average = createAverage(new Map([['w', weight]]), 0.5)
    const value = () => average.during(() => Promise.resolve(weight.dataSync()[0]!))
    tf.tidy(() => weight.assign(tf.tensor1d([11])))
    average.follow(1)
    // 2/11 of the old, 9/11 of the new.
    expect(await value()).toBeCloseTo(9, 5)
    average.follow(100)
    expect(await value()).toBeCloseTo(10, 5)
    expect(weight.dataSync()[0]).toBe(11)
    await expect(average.during(() => Promise.reject(new Error('in between')))).rejects.toThrow('in between')
    expect(weight.dataSync()[0]).toBe(11)
    average.dispose()
    weight.dispose()
  })
})
