import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { kernelFiles } from '@main/compute/engine/wasm/kernel-files'
import { loadWasm } from '@main/compute/engine/wasm/load'
import { swish } from '@main/compute/ops/swish'
import { packageRoot } from '@main/paths'

const kernelsAreBuilt = existsSync(join(packageRoot(), 'out', 'kernels', 'worker.cjs'))

test('kernels that were not built are an error that says how to build them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-test-'))
  try {
    expect(() => kernelFiles(folder)).toThrow(
      expect.objectContaining({ code: 'engine/kernels-missing', message: expect.stringContaining('npm run build') }),
    )
    for (const name of ['simd.wasm', 'simd-relaxed.wasm', 'worker.cjs']) writeFileSync(join(folder, name), '')
    expect(kernelFiles(folder).worker).toBe(join(folder, 'worker.cjs'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe.skipIf(!kernelsAreBuilt)('the loaded engine', () => {
  // A temporary folder of this test's own: other processes load the engine at the same time.
  const temporary = mkdtempSync(join(tmpdir(), 'galaxy-desk-test-'))
  beforeAll(async () => {
    vi.stubEnv('TMPDIR', temporary)
    await loadWasm(2)
    vi.unstubAllEnvs()
  })
  afterAll(() => rmSync(temporary, { recursive: true, force: true }))

  test('names its version and its threads, and is the current backend', async () => {
    expect(await loadWasm(2)).toEqual({ version: '4.22.0', device: 'CPU, 2 threads' })
    expect(tf.getBackend()).toBe('wasm')
  })

  test('loading it again keeps tensors alive', async () => {
    const tensor = tf.tensor([1, 2, 3])
    await loadWasm(2)
    expect(Array.from(tensor.dataSync())).toEqual([1, 2, 3])
    tensor.dispose()
  })

  test('leaves no worker file behind', () => {
    expect(readdirSync(temporary)).toEqual([])
  })

  test('a value that is not a number stays one', () => {
    const y = tf.tidy(() => Array.from(swish(tf.tensor([NaN, 1, -Infinity, Infinity])).dataSync()))
    expect(y[0]).toBeNaN()
    expect(y[3]).toBe(Infinity)
  })

  test('a weight that was replaced is used with its new values', () => {
    tf.tidy(() => {
      const x = tf.ones([1, 4, 4, 8]) as tf.Tensor4D
      const weight = tf.variable(tf.ones([3, 3, 8, 8])) as tf.Variable<tf.Rank.R4>
      const sum = () => (tf.sum(tf.conv2d(x, weight as unknown as tf.Tensor4D, 1, 'valid')).dataSync() as Float32Array)[0]
      expect(sum()).toBe(4 * 8 * 72)
      weight.assign(tf.mul(weight, 2))
      expect(sum()).toBe(2 * 4 * 8 * 72)
      weight.dispose()
    })
  })

  test('a tensor that does not fit is an error that names the limit, and the engine goes on', () => {
    // Where every operation gets its memory; the pages of these tensors are never touched.
    const backend = tf.engine().backend as unknown as BackendWasm
    const large: tf.TensorInfo[] = []
    const fill = () => {
      for (let i = 0; i < 64; i++) large.push(backend.makeOutput([64, 1024, 1024], 'float32'))
    }
    expect(fill).toThrow(expect.objectContaining({ code: 'engine/out-of-memory', message: expect.stringContaining('of 4 GiB') }))
    expect(large.length).toBeLessThan(16)
    for (const { dataId } of large) backend.disposeData(dataId)
    expect(Array.from(tf.tidy(() => tf.add(tf.tensor([1, 2]), 1).dataSync()))).toEqual([2, 3])
  })
})
