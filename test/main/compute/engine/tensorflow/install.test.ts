import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  conv2d,
  depthwiseConv2d,
  engine,
  grads,
  memory,
  ones,
  setBackend,
  square,
  sum,
  tensor4d,
  tidy,
  type Tensor4D,
} from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEngine } from '@main/compute/engine'
import { buildBinding } from '@main/compute/engine/tensorflow/build-binding'
import { manifestSchema, readManifest, type Manifest } from '@main/compute/engine/tensorflow/cache'
import { libraryNames } from '@main/compute/engine/tensorflow/files'
import { fromPython } from '@main/compute/engine/tensorflow/from-python'
import { headerFolders } from '@main/compute/engine/tensorflow/from-wheel'
import { installTensorflow } from '@main/compute/engine/tensorflow/install'
import { answerOf, buildsIn, findPython, startSource, useTemporaryCache } from './helpers'

const python = await findPython()
const wheel = process.env['GALAXY_DESK_TEST_WHEEL']
const hasAvx2 = (await readFile('/proc/cpuinfo', 'utf8').catch(() => '')).includes(' avx2 ')
const inOwnProcess = () => answerOf(startSource('compute/engine/index.ts', 'startEngine', 'tensorflow'))

/** float32 sums of 100 to 1000 products of values below 1, taken in another order. */
const RELATIVE = 1e-5

/** Compiling takes 6 s and more: one that is let run on after the abort does not fit in. */
const STOP_MS = 3000

describe.skipIf(python === undefined)('the native TensorFlow (needs GALAXY_DESK_TEST_PYTHON, a Python that has it)', () => {
  let cache: Awaited<ReturnType<typeof useTemporaryCache>>
  let installed: Manifest

  beforeAll(async () => {
    cache = await useTemporaryCache()
    const refusal = await inOwnProcess()
    expect(refusal).toMatchObject({ code: 'engine/unusable', message: expect.stringContaining('galaxy-desk engine install') })
    installed = await installTensorflow({ python })
  })
  afterAll(() => cache.restore())

  it('is installed from Python with an account of itself', async () => {
    expect(installed).toEqual(manifestSchema.parse(JSON.parse(await readFile(join(cache.folder, 'tensorflow/manifest.json'), 'utf8'))))
    expect(installed.tensorflowVersion).toMatch(/^2\.\d+\.\d+/)
    expect(installed.libraries).toHaveLength(2)
    expect(buildsIn(cache.folder)).toEqual([installed.build])
  })

  it.runIf(hasAvx2)(
    'has kernels of our own where the processor has AVX2, which an installation of other kernels does without',
    async () => {
      expect(installed.kernels).toMatchObject({ level: expect.stringMatching(/^x86-64-v[34]$/) })
      expect((await inOwnProcess()).answer).toMatchObject({ engines: [{ device: installed.check.usesGpu ? 'GPU, CUDA' : 'CPU' }] })
      const file = join(cache.folder, 'tensorflow/manifest.json')
      await writeFile(file, JSON.stringify({ ...installed, kernels: { ...installed.kernels, version: 'older' } }))
      const { answer } = await inOwnProcess()
      if (!installed.check.usesGpu) {
        const reason = expect.stringContaining('another version') as string
        expect(answer).toMatchObject({ engines: [{ usable: true, device: 'CPU, without the fused kernels', reason }] })
        expect(answer).toMatchObject({ advice: reason })
      }
      await writeFile(file, JSON.stringify(installed))
    },
  )

  it('compiles with no more headers than are taken out of a wheel', async () => {
    const options = { onProgress: () => undefined }
    const { folder: whole } = await fromPython(python!, options)
    const include = join(whole, 'include')
    const some = join(cache.folder, 'some-headers')
    for (const folder of headerFolders.filter((folder) => existsSync(join(include, folder)))) {
      await cp(join(include, folder), join(some, 'include', folder), { recursive: true })
    }
    const libraries = join(some, 'libraries')
    await mkdir(libraries)
    for (const name of libraryNames) await symlink(join(whole, name), join(some, name))
    const files = { folder: some, version: installed.tensorflowVersion, package: installed.package }
    expect(await buildBinding(files, libraries, libraries, options)).not.toHaveProperty('failure')
  })

  it('starts in a fresh process as the best engine', async () => {
    const { answer } = await inOwnProcess()
    expect(answer).toMatchObject({ engine: 'tensorflow', engines: [{ usable: true, version: installed.tensorflowVersion }] })
  })

  it('computes the gradients of convolutions as the plain JavaScript engine does, and leaks no tensor', async () => {
    const value = (i: number) => Math.sin(i * 12.9898) / 2
    const fill = (...shape: [number, number, number, number]) =>
      tensor4d(
        Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => value(i)),
        shape,
      )
    const gradients = async (name: 'tensorflow' | 'cpu') => {
      await startEngine(name)
      return tidy(() => {
        const full = grads((image, filter) => square(conv2d(image as Tensor4D, filter as Tensor4D, 2, 'same')))
        const deep = grads((image, filter) => square(depthwiseConv2d(image as Tensor4D, filter as Tensor4D, 1, 'same')))
        return [...full([fill(2, 9, 9, 3), fill(3, 3, 3, 5)]), ...deep([fill(2, 8, 8, 4), fill(3, 3, 4, 1)])].map((gradient) =>
          Array.from(gradient.dataSync()),
        )
      })
    }
    await startEngine('cpu')
    const before = memory().numTensors
    const native = await gradients('tensorflow')
    expect(engine().backendName).toBe('tensorflow')
    const plain = await gradients('cpu')
    expect(memory().numTensors).toBe(before)
    for (const [which, expected] of plain.entries()) {
      const scale = Math.max(...expected.map(Math.abs))
      const worst = Math.max(...expected.map((one, i) => Math.abs(one - native[which]![i]!)))
      expect(native[which]).toHaveLength(expected.length)
      expect(worst / scale).toBeLessThan(RELATIVE)
    }
    await setBackend('tensorflow')
    expect(tidy(() => sum(ones([2, 2])).arraySync())).toBe(4)
  })

  it('stays as it was when a later installation fails', async () => {
    const broken = join(cache.folder, 'broken.whl')
    await writeFile(broken, 'no wheel')
    await expect(installTensorflow({ wheel: broken })).rejects.toMatchObject({ code: 'engine/bad-wheel' })
    expect(await readManifest()).toEqual(installed)
    expect(buildsIn(cache.folder)).toEqual([installed.build])
    expect((await inOwnProcess()).answer).toMatchObject({ engine: 'tensorflow' })
  })

  it('stays as it was when a later installation is killed while it compiles, whose rest the next one sweeps away', async () => {
    const child = startSource('compute/engine/tensorflow/install.ts', 'installTensorflow', { python })
    await new Promise<void>((compiling) =>
      child.stdout!.setEncoding('utf8').on('data', (text: string) => text.includes('Compiling') && compiling()),
    )
    const ended = new Promise((done) => child.once('close', done))
    process.kill(-child.pid!, 'SIGKILL')
    await ended
    expect(buildsIn(cache.folder)).toHaveLength(2)
    expect(await readManifest()).toEqual(installed)
    expect((await inOwnProcess()).answer).toMatchObject({ engine: 'tensorflow' })

    installed = await installTensorflow({ python })
    expect(buildsIn(cache.folder)).toEqual([installed.build])
  })

  it('stops at once when it is aborted, and leaves nothing of the build', async () => {
    const controller = new AbortController()
    let stoppedAt = Infinity
    const stop = () => {
      stoppedAt = performance.now()
      controller.abort(new Error('stopped'))
    }
    const onProgress = (message: string) => void (message.includes('Compiling') && setTimeout(stop, 300))
    await expect(installTensorflow({ python, signal: controller.signal, onProgress })).rejects.toThrow('stopped')
    expect(performance.now() - stoppedAt).toBeLessThan(STOP_MS)
    expect(buildsIn(cache.folder)).toEqual([installed.build])
  })

  it('is told to be stale, not loaded, after its libraries were changed', async () => {
    const file = join(cache.folder, 'tensorflow/manifest.json')
    const libraries = installed.libraries.map(({ path, bytes }) => ({ path, bytes: bytes + 1 }))
    await writeFile(file, JSON.stringify({ ...installed, libraries }))
    const refusal = await inOwnProcess()
    expect(refusal).toMatchObject({ code: 'engine/unusable', message: expect.stringMatching(/was changed since.*engine install/) })
    await writeFile(file, JSON.stringify(installed))
  })
})

describe.skipIf(!wheel)('the native TensorFlow from a wheel (needs GALAXY_DESK_TEST_WHEEL, a wheel file of it)', () => {
  it('works without the wheel and keeps no header', async () => {
    const cache = await useTemporaryCache()
    try {
      const manifest = await installTensorflow({ wheel })
      expect(manifest).toMatchObject({ source: { kind: 'wheel' }, check: { usesGpu: expect.any(Boolean) } })
      expect((await inOwnProcess()).answer).toMatchObject({ engine: 'tensorflow' })
    } finally {
      await cache.restore()
    }
  })
})
