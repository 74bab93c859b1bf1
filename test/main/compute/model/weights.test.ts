import * as tf from '@tensorflow/tfjs-core'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildNetwork } from '@main/compute/model/build'
import type { Network } from '@main/compute/model/network'
import { encodeSafetensors } from '@main/compute/model/safetensors'
import { copyWeights, loadWeights, saveWeights } from '@main/compute/model/weights'
import { writeAtomic } from '@main/compute/model/write-atomic'
import { useEngine } from '../use-engine'

/** One checksum of all names, shapes and values: comparing half a million numbers one by one takes a minute. */
async function checksum(network: Network): Promise<string> {
  const bytes = encodeSafetensors({ tensors: await copyWeights(network), metadata: {} })
  return createHash('sha256').update(bytes).digest('hex')
}

let folder: string
const networks: Network[] = []
const build = (seed: number, outputCount = 5, sizePx = 16) => {
  const network = buildNetwork('w20-cnn-tree', { outputCount, sizePx, seed })
  networks.push(network)
  return network
}
beforeAll(async () => {
  await useEngine()
  folder = await mkdtemp(join(tmpdir(), 'weights-'))
})
afterAll(async () => {
  for (const network of networks) network.dispose()
  await rm(folder, { recursive: true })
})

describe('saveWeights and loadWeights', () => {
  test('another network becomes the same, and the checksum is that of the file', async () => {
    const path = join(folder, 'same.safetensors')
    const network = build(1)
    const sha256 = await saveWeights(path, network, { metadata: { round: '3' } })
    expect(sha256).toBe(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    )
    const other = build(2)
    const tensors = tf.memory().numTensors
    await loadWeights(path, other)
    expect(tf.memory().numTensors).toBe(tensors)
    expect(await checksum(other)).toBe(await checksum(network))
  })

  test('the W+20 network for a tree of 37 answers at 64 px fits into 3 MB in half precision', async () => {
    const path = join(folder, 'half.safetensors')
    await saveWeights(path, build(1, 37, 64), { precision: 'float16' })
    expect((await stat(path)).size).toBeLessThan(1.2e6)
    await loadWeights(path, build(2, 37, 64))
  })

  test('the encoder alone goes to a network for another tree; its head stays', async () => {
    const path = join(folder, 'encoder.safetensors')
    const source = build(1, 5)
    await saveWeights(path, source)
    const other = build(2, 7)
    const head = Array.from(other.variables.get('head/kernel')!.dataSync())
    await loadWeights(path, other, 'encoder')
    const expectSame = (name: string) => expect(other.variables.get(name)!.dataSync()).toEqual(source.variables.get(name)!.dataSync())
    expectSame('conv1a/kernel')
    expectSame('conv1b/kernel')
    expect(Array.from(other.variables.get('head/kernel')!.dataSync())).toEqual(head)
  })

  test('weights of another tree, another size or another network are refused by name, and change nothing', async () => {
    const path = join(folder, 'other.safetensors')
    await saveWeights(path, build(1, 5, 32))
    for (const network of [build(2, 7, 32), build(2, 5, 16), buildNetwork('efficientnet-b0', { outputCount: 5, sizePx: 32, seed: 1 })]) {
      const before = await checksum(network)
      await expect(loadWeights(path, network)).rejects.toMatchObject({ code: 'weights/wrong-network' })
      expect(await checksum(network)).toBe(before)
    }
    await expect(loadWeights(path, build(2, 7, 32))).rejects.toThrow(/head\/kernel has the shape \[128, 5\], not \[128, 7\]/)
  })

  test('a missing file and a damaged one are told apart', async () => {
    await expect(loadWeights(join(folder, 'nowhere.safetensors'), build(1))).rejects.toMatchObject({ code: 'weights/missing' })
    const path = join(folder, 'damaged.safetensors')
    await writeFile(path, 'not weights')
    await expect(loadWeights(path, build(1))).rejects.toMatchObject({ code: 'weights/damaged' })
  })

  test('weights that are not finite are refused', async () => {
    const path = join(folder, 'infinite.safetensors')
    const network = build(1)
    const bias = network.variables.get('head/bias')!
    bias.assign(tf.fill(bias.shape, Infinity))
    await saveWeights(path, network)
    await expect(loadWeights(path, build(2))).rejects.toMatchObject({ code: 'weights/not-finite' })
    await expect(saveWeights(path, network, { precision: 'float16' })).rejects.toMatchObject({ code: 'weights/too-large' })
  })
})

describe('writeAtomic', () => {
  test('a write that fails leaves the old file and nothing beside it', async () => {
    const inner = await mkdtemp(join(folder, 'atomic-'))
    const path = join(inner, 'file')
    await writeAtomic(path, new TextEncoder().encode('old'))
    await expect(writeAtomic(path, { length: -1 } as unknown as Uint8Array)).rejects.toThrow()
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(inner)).toEqual(['file'])
  })
})
