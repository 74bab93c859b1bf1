import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { JobProgress } from '@shared/contract/job'
import { createRandom } from '@shared/science/stats/random'
import { evaluate, findStuckQuestions } from '@main/compute/training/evaluate'
import { imageSource } from '@main/compute/training/inputs'
import { dropoutSamples } from '@main/compute/training/samples'
import { trainNetwork } from '@main/compute/training/trainer'
import { evenBatches } from '@main/compute/training/training-data'
import { engineUnderTest, useEngine } from '../use-engine'
import { brightOrDark, tinyNetwork, trainingOptions } from './support'

beforeAll(useEngine)

/**
 * Relative, of a concentration between two batch sizes. Native matrix products sum in an order that goes by the number of rows, so the last
 * bit or two of float32 may differ (seen on tensorflow: 2e-7); plain JavaScript gives the same bits. Other samples differ by 1e-2.
 */
const PRODUCT_ROUNDING = engineUnderTest === 'cpu' ? 0 : 1e-6

describe('trainNetwork', () => {
  test('learns to tell bright from dark, and ends with the weights of its best epoch', async () => {
    const network = tinyNetwork()
    const data = brightOrDark(32)
    const options = trainingOptions({ epochs: 30, learningRate: 3e-2 })
    const before = tf.memory().numTensors
    const seen: JobProgress[] = []
    const result = await trainNetwork(network, data, options, { onProgress: (progress) => seen.push(progress) })
    expect(tf.memory().numTensors).toBe(before)
    expect(result.epochs).toBe(30)
    expect(result.stuckQuestions).toEqual([])
    const losses = result.lossCurve.map(({ validationLoss }) => validationLoss!)
    expect(result.bestValidationLoss).toBe(Math.min(...losses))
    expect(losses[result.bestEpoch - 1]).toBe(result.bestValidationLoss)
    // Ten votes of one kind: knowing nothing costs ln 11 = 2.4 nats at best, 5 or more with wide concentrations; knowing costs under 1.
    expect(result.bestValidationLoss).toBeLessThan(1)
    const { loss_N } = await evaluate(
      network,
      imageSource(network, data, options),
      data,
      options,
      Array.from(data.validationIndices),
      () => undefined,
    )
    expect(loss_N.reduce((sum, loss) => sum + loss, 0) / loss_N.length).toBeCloseTo(result.bestValidationLoss!, 6)
    expect(seen.filter(({ lossPoint }) => lossPoint).map(({ lossPoint }) => lossPoint)).toEqual(result.lossCurve)
    expect(seen.at(-1)).toMatchObject({ done: 90, total: 90, secondsLeft: 0 })
    network.dispose()
  })

  test('the head alone: the encoder stays as it was, and the loss falls', async () => {
    const network = tinyNetwork()
    const kernels = () => Array.from(network.variables.get('conv1/kernel')!.dataSync())
    const before = kernels()
    const head = Array.from(network.variables.get('head/kernel')!.dataSync())
    const tensors = tf.memory().numTensors
    const result = await trainNetwork(network, brightOrDark(24), trainingOptions({ train: 'head', epochs: 10, learningRate: 1e-2 }))
    expect(tf.memory().numTensors).toBe(tensors)
    expect(kernels()).toEqual(before)
    expect(Array.from(network.variables.get('head/kernel')!.dataSync())).not.toEqual(head)
    expect(result.lossCurve.at(-1)!.validationLoss).toBeLessThan(result.lossCurve[0]!.validationLoss!)
    network.dispose()
  })

  test('stops when the validation loss has not fallen for as many epochs as its patience', async () => {
    const network = tinyNetwork()
    // Such a small rate changes float32 weights hardly at all, and the validation loss goes up and down by rounding.
    const result = await trainNetwork(network, brightOrDark(16), trainingOptions({ epochs: 40, patience: 2, learningRate: 1e-12 }))
    expect(result.epochs).toBeLessThan(40)
    expect(result.epochs).toBe(result.bestEpoch + 2)
    network.dispose()
  })

  test('without validation galaxies the last weights are kept', async () => {
    const network = tinyNetwork()
    const result = await trainNetwork(network, { ...brightOrDark(16), validationIndices: [] }, trainingOptions({ epochs: 2 }))
    expect(result).toMatchObject({ epochs: 2, bestEpoch: 2, bestValidationLoss: null })
    network.dispose()
  })

  test('a cancel stops it within one step', async () => {
    const network = tinyNetwork()
    const cancel = new AbortController()
    const tensors = tf.memory().numTensors
    let last = 0
    const onProgress = ({ done }: JobProgress) => {
      last = done
      // As a message does, between two turns of the event loop.
      if (done === 2) setTimeout(() => cancel.abort())
    }
    const training = trainNetwork(network, brightOrDark(32), trainingOptions({ batch: 4 }), { signal: cancel.signal, onProgress })
    await expect(training).rejects.toMatchObject({ code: 'job/cancelled' })
    expect(last).toBeLessThanOrEqual(3)
    expect(tf.memory().numTensors).toBe(tensors)
    network.dispose()
  })

  test('a vote that is not finite stops it with epoch, batch and galaxy, and leaves the weights finite', async () => {
    const network = tinyNetwork()
    const data = brightOrDark(16)
    data.votes_NA[2 * 5] = NaN
    const tensors = tf.memory().numTensors
    const training = trainNetwork(network, data, trainingOptions())
    await expect(training).rejects.toMatchObject({ code: 'training/not-finite' })
    await expect(training).rejects.toThrow(/epoch 1, batch [12], galaxies galaxy-5\./)
    for (const variable of network.variables.values()) expect(variable.dataSync().every(Number.isFinite)).toBe(true)
    expect(tf.memory().numTensors).toBe(tensors)
    network.dispose()
  })

  test('no galaxy to train on is refused', async () => {
    const network = tinyNetwork()
    const training = trainNetwork(network, { ...brightOrDark(8), trainIndices: [] }, trainingOptions())
    await expect(training).rejects.toMatchObject({ code: 'training/no-galaxies' })
    network.dispose()
  })

  test('a network that gives every galaxy the same answers is reported as stuck', async () => {
    const network = tinyNetwork()
    const dead = network.variables.get('conv1/bias')!
    dead.assign(tf.fill(dead.shape, -1e6))
    await expect(trainNetwork(network, brightOrDark(32), trainingOptions({ epochs: 1 }))).rejects.toMatchObject({ code: 'training/stuck' })
    network.dispose()
  })
})

describe('stuck questions', () => {
  test('concentrations near 1 for all galaxies are found where there are votes, and only there', () => {
    const questions = [
      { start: 0, end: 2 },
      { start: 2, end: 4 },
      { start: 4, end: 6 },
    ]
    const outputs = Float32Array.of(1.01, 1.02, 1.01, 1.01, 1.01, 1.01, 1.02, 1.01, 1.01, 1.01, 1.01, 40)
    const votes = Float32Array.of(3, 0, 0, 0, 1, 0, 0, 4, 0, 0, 0, 2)
    expect(findStuckQuestions(outputs, votes, questions, 6)).toEqual([0])
  })
})

describe('evenBatches', () => {
  test('33 in batches of 32 are 17 and 16, never 32 and 1', () => {
    const batches = evenBatches([...Array(33).keys()], 32)
    expect(batches.map(({ length }) => length)).toEqual([17, 16])
    expect(batches.flat()).toEqual([...Array(33).keys()])
  })
})

describe('dropoutSamples', () => {
  test('samples of one galaxy differ, and their mean logit is the one without dropout', async () => {
    const network = tinyNetwork()
    const features_BF = tf.tensor2d(
      Float32Array.from({ length: 3 * 8 }, (_, i) => (i % 13) / 13),
      [3, 8],
    )
    const samples = await dropoutSamples(network, features_BF, 4000, createRandom(3))
    const exact = network.head(features_BF, null).dataSync()
    const logit = (a: number) => Math.log((a - 1) / (101 - a))
    for (let galaxy = 0; galaxy < 3; galaxy++) {
      const logits = Array.from({ length: 4000 }, (_, t) => logit(samples[(galaxy * 4000 + t) * 2]!))
      const mean = logits.reduce((sum, x) => sum + x, 0) / logits.length
      const deviation = Math.sqrt(logits.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logits.length)
      expect(deviation).toBeGreaterThan(0.01)
      // Dropout keeps the mean of each feature, so of the logit: five standard errors.
      expect(Math.abs(mean - logit(exact[galaxy * 2]!))).toBeLessThan((5 * deviation) / Math.sqrt(4000))
    }
    network.dispose()
  })

  test('the same generator gives the same samples, however many galaxies are asked at once', async () => {
    const network = tinyNetwork()
    const features_BF = tf.tensor2d(
      Float32Array.from({ length: 4 * 8 }, (_, i) => (i % 7) / 7),
      [4, 8],
    )
    const tensors = tf.memory().numTensors
    const all = await dropoutSamples(network, features_BF, 3, createRandom(5))
    expect(tf.memory().numTensors).toBe(tensors)
    const random = createRandom(5)
    const parts: number[] = []
    for (const start of [0, 2]) parts.push(...(await dropoutSamples(network, tf.slice(features_BF, [start, 0], [2, 8]), 3, random)))
    expect(parts).toHaveLength(all.length)
    for (const [i, sample] of parts.entries()) expect(Math.abs(sample / all[i]! - 1)).toBeLessThanOrEqual(PRODUCT_ROUNDING)
    network.dispose()
  })
})
