import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildNetwork } from '@main/compute/model/build'
import type { Network } from '@main/compute/model/network'
import { openEncoder, type FeatureEncoder } from '@main/compute/predict/encoder'
import { encodeOnnx, readOnnxMetadata } from '@main/compute/predict/onnx-file'
import { worstDifference } from '@main/compute/predict/reference-images'
import { createRandom } from '@shared/science/stats/random'
import { tinyNetwork } from '../training/support'
import { engineUnderTest, useEngine } from '../use-engine'

beforeAll(useEngine)
const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))
function newFolder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'export-')))
  return folders.at(-1)!
}

/** Moving statistics, scales and biases as after a training: at their start, folding them changes nothing. */
function asTrained(network: Network): Network {
  const random = createRandom(4, 'as trained')
  for (const [name, variable] of network.variables) {
    if (!/gamma|beta|moving|bias/.test(name)) continue
    const isScale = /gamma|variance/.test(name)
    const value = tf.tensor(
      Float32Array.from({ length: variable.size }, () => (isScale ? random.uniform(0.5, 1.5) : random.normal(0, 0.1))),
      variable.shape,
    )
    variable.assign(value)
    value.dispose()
  }
  return network
}

function noise(network: Network, rows: number): Float32Array {
  const random = createRandom(9, 'noise')
  return Float32Array.from({ length: rows * network.sizePx ** 2 }, () => random.next())
}

async function withEncoder<T>(
  network: Network,
  folder: string,
  use: (encoder: FeatureEncoder) => Promise<T>,
  weightsSha256 = 'aa',
): Promise<T> {
  const encoder = await openEncoder({ network, folder, weightsSha256 }, engineUnderTest)
  try {
    return await use(encoder)
  } finally {
    await encoder.close()
  }
}

const onnx = expect.stringMatching(/^onnxruntime \d+\.\d+\.\d+ cpu$/) as string

describe('an exported encoder', () => {
  const cases = [
    { name: 'efficientnet-b0', sizePx: 64, outputCount: 34 },
    { name: 'efficientnet-b0', sizePx: 33, outputCount: 34 },
    { name: 'w20-cnn', sizePx: 32, outputCount: 2 },
    { name: 'w20-cnn-tree', sizePx: 64, outputCount: 34 },
  ] as const
  test.each(cases)('of $name at $sizePx px gives the features of the network to 1e-5, for any batch', async ({ name, ...options }) => {
    const network = asTrained(buildNetwork(name, { ...options, seed: 3 }))
    const tensors = tf.memory().numTensors
    await withEncoder(network, newFolder(), async (encoder) => {
      expect([encoder.name, encoder.note]).toEqual([onnx, null])
      const images = noise(network, 5)
      const found = Float32Array.from(await encoder.encode(images, 5))
      const { sizePx } = network
      const own = tf.tidy(() => network.encode(tf.tensor4d(images, [5, sizePx, sizePx, 1]), 'predict').dataSync() as Float32Array)
      expect(own.some((feature) => feature !== 0)).toBe(true)
      expect(worstDifference(found, own, 5)).toBeLessThan(1e-5)
      // Kept features must not depend on where a batch ended: the very same bits.
      const parts = [await encoder.encode(images.slice(0, sizePx ** 2), 1), await encoder.encode(images.slice(sizePx ** 2), 4)]
      expect(parts.flatMap((part) => [...part])).toEqual([...found])
    })
    expect(tf.memory().numTensors).toBe(tensors)
    expect(tf.getBackend()).toBe(engineUnderTest)
    network.dispose()
  })

  test('of a network that nobody thought of here follows from its own code', async () => {
    const network = asTrained(tinyNetwork())
    await withEncoder(network, newFolder(), async (encoder) => expect(encoder.name).toEqual(onnx))
    network.dispose()
  })

  test('is kept, and made anew for other weights or when the file was cut off', async () => {
    const folder = newFolder()
    const path = join(folder, 'encoder.onnx')
    const network = asTrained(tinyNetwork())
    const open = (weightsSha256: string) =>
      withEncoder(network, folder, () => Promise.resolve(statSync(path, { bigint: true }).ino), weightsSha256)
    const first = await open('aa')
    expect(await open('aa')).toBe(first)
    expect(readOnnxMetadata(readFileSync(path))).toMatchObject({ weightsSha256: 'aa', network: network.name })
    expect(await open('bb')).not.toBe(first)
    expect(readOnnxMetadata(readFileSync(path)).weightsSha256).toBe('bb')
    expect(existsSync(`${path}.tmp`)).toBe(false)
    truncateSync(path, 20)
    await withEncoder(network, folder, async ({ name }) => expect(name).toEqual(onnx), 'bb')
    network.dispose()
  })

  test('that gives other features is not used: the engine encodes, and the note has the figures', async () => {
    const folder = newFolder()
    const path = join(folder, 'encoder.onnx')
    const network = asTrained(tinyNetwork())
    await withEncoder(network, folder, () => Promise.resolve())
    const bias = network.variables.get('conv1/bias')!.dataSync() as Float32Array
    const file = readFileSync(path)
    const at = file.indexOf(new Uint8Array(bias.buffer, bias.byteOffset, bias.byteLength))
    file.writeFloatLE(bias[0]! + 0.01, at)
    writeFileSync(path, file)
    await withEncoder(network, folder, async (encoder) => {
      expect(encoder.name).toBe(`engine ${engineUnderTest}`)
      expect(encoder.note).toMatch(
        /gives other features on cpu than the engine: by \d\.\de-[2-4] of the largest feature, where 0.00001 is allowed/,
      )
      const images = noise(network, 2)
      const own = tf.tidy(() => network.encode(tf.tensor4d(images, [2, 8, 8, 1]), 'predict').dataSync() as Float32Array)
      expect([...(await encoder.encode(images, 2))]).toEqual([...own])
    })
    network.dispose()
  })

  test('is not made of a network with an operation that is not known: the engine encodes, and the note names it', async () => {
    const network = tinyNetwork({
      encoder: (_, sizePx) => ({ featureCount: sizePx, run: (images) => tf.mean(tf.cumsum(images, 1), [2, 3]) }),
    })
    const folder = newFolder()
    await withEncoder(network, folder, async (encoder) => {
      expect(encoder.name).toBe(`engine ${engineUnderTest}`)
      expect(encoder.note).toMatch(/w20-cnn-tree cannot be exported: .*Cumsum/)
      expect(await encoder.encode(noise(network, 2), 2)).toHaveLength(16)
    })
    expect([tf.getBackend(), existsSync(join(folder, 'encoder.onnx'))]).toEqual([engineUnderTest, false])
    network.dispose()
  })
})

describe('the difference of features', () => {
  test('is the share of the largest feature of the same image, the worst image counts', () => {
    expect(worstDifference(Float32Array.of(1, 2, 10, 40), Float32Array.of(1, 4, 10, 20), 2)).toBe(1)
    expect(worstDifference(Float32Array.of(0, 0.5), Float32Array.of(0, 0), 1)).toBe(0.5)
    expect(worstDifference(Float32Array.of(0, 0), Float32Array.of(0, 0), 1)).toBe(0)
  })

  test('of what is not finite, or of other lengths, is not finite', () => {
    expect(worstDifference(Float32Array.of(NaN, 1), Float32Array.of(1, 1), 1)).toBeNaN()
    expect(worstDifference(Float32Array.of(1, 1), Float32Array.of(NaN, 1), 1)).toBeNaN()
    expect(worstDifference(Float32Array.of(1), Float32Array.of(1, 1), 1)).toBeNaN()
  })
})

test('metadata of a file that is none, or ends in the middle, are empty', () => {
  expect(readOnnxMetadata(Buffer.from('no such thing'))).toEqual({})
  const port = { name: 'x', shape: ['batch', 300] }
  const file = encodeOnnx({ metadata: { key: 'é', other: 'x'.repeat(300) }, nodes: [], tensors: [], input: port, output: port })
  expect(readOnnxMetadata(file)).toEqual({ key: 'é', other: 'x'.repeat(300) })
  expect(readOnnxMetadata(file.subarray(0, 4))).toEqual({})
})
