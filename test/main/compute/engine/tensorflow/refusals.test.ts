import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readManifest } from '@main/compute/engine/tensorflow/cache'
import { installTensorflow } from '@main/compute/engine/tensorflow/install'
import { buildsIn, useTemporaryCache } from './helpers'
import { zipOf } from './zip'

const canInstall = process.platform === 'linux' && process.arch === 'x64'
const runs = (program: string, ...args: string[]) => spawnSync(program, args).status === 0

const METADATA = 'Metadata-Version: 2.4\nName: tensorflow_cpu\nVersion: 2.21.0\n\nTensorFlow'
const WHEEL = 'Wheel-Version: 1.0\nTag: cp312-cp312-manylinux_2_27_x86_64\n'
const info = (metadata: string, wheel: string) => ({ 'a.dist-info/METADATA': metadata, 'a.dist-info/WHEEL': wheel })
const libraries = { 'tensorflow/libtensorflow_cc.so.2': 'no ELF', 'tensorflow/libtensorflow_framework.so.2': 'no ELF' }

let cache: Awaited<ReturnType<typeof useTemporaryCache>>
const environment = { ...process.env }
beforeEach(async () => void (cache = await useTemporaryCache()))
afterEach(async () => {
  process.env['PATH'] = environment['PATH']
  delete process.env['PIP_INDEX_URL']
  delete process.env['PIP_RETRIES']
  await cache.restore()
})

async function expectNothingInstalled() {
  expect(await readManifest()).toBeNull()
  expect(buildsIn(cache.folder)).toEqual([])
}

describe.runIf(canInstall && runs('g++', '--version'))('installTensorflow refuses, and leaves nothing (needs g++ on Linux x64)', () => {
  it.each([
    ['a file that is no archive', Buffer.from('PK but not for long'), /zip archive/],
    ['an archive cut short', zipOf(info(METADATA, WHEEL)).subarray(0, 120), /zip archive|list of files/],
    ['an archive that is no wheel', zipOf({ 'readme.txt': 'hello' }), /no Python wheel/],
    ['a wheel of something else', zipOf(info(METADATA.replace('tensorflow_cpu', 'numpy'), WHEEL)), /wheel of numpy/],
    ['a wheel for another system', zipOf(info(METADATA, WHEEL.replace('manylinux_2_27_x86_64', 'macosx_12_0_arm64'))), /macosx_12_0_arm64/],
    ['a wheel without the libraries', zipOf(info(METADATA, WHEEL)), /libtensorflow_cc\.so\.2 is not in it/],
    ['a wheel whose libraries are none', zipOf({ ...info(METADATA, WHEEL), ...libraries }), /no library for Linux/],
  ])('%s', async (_what, bytes, message) => {
    const wheel = join(cache.folder, 'some.whl')
    await writeFile(wheel, bytes)
    await expect(installTensorflow({ wheel })).rejects.toMatchObject({ code: 'engine/bad-wheel', message: expect.stringMatching(message) })
    await expectNothingInstalled()
  })

  it('a Python that is not there', async () => {
    const python = join(cache.folder, 'bin/python')
    await expect(installTensorflow({ python })).rejects.toMatchObject({
      code: 'engine/no-python',
      message: expect.stringContaining(python),
    })
    await expectNothingInstalled()
  })

  it.runIf(runs('python3', '-S', '-c', ''))('a Python without TensorFlow', async () => {
    const python = join(cache.folder, 'bare-python')
    await writeFile(python, '#!/bin/sh\nexec python3 -S "$@"\n', { mode: 0o755 })
    await expect(installTensorflow({ python })).rejects.toMatchObject({ code: 'engine/no-tensorflow' })
    await expectNothingInstalled()
  })

  it.runIf(runs('python3', '-m', 'pip', '--version'))('a download that the network refuses', async () => {
    process.env['PIP_INDEX_URL'] = 'http://127.0.0.1:9/simple'
    process.env['PIP_RETRIES'] = '0'
    await expect(installTensorflow()).rejects.toMatchObject({
      code: 'engine/download-refused',
      message: expect.stringContaining('--wheel'),
    })
    await expectNothingInstalled()
  })

  it('two sources at once', async () => {
    await expect(installTensorflow({ python: 'python3', wheel: 'a.whl' })).rejects.toMatchObject({ code: 'engine/bad-choice' })
    await expectNothingInstalled()
  })

  it('an installation that was aborted before it began', async () => {
    await expect(installTensorflow({ python: 'python3', signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped')
    await expectNothingInstalled()
  })
})

describe.runIf(canInstall)('installTensorflow without a compiler', () => {
  it('names the packages that have one, before anything is downloaded', async () => {
    process.env['PATH'] = cache.folder
    const refusal = { code: 'engine/no-compiler', message: expect.stringMatching(/apt install g\+\+.*dnf install gcc-c\+\+/) }
    await expect(installTensorflow()).rejects.toMatchObject(refusal)
    expect(existsSync(join(cache.folder, 'tensorflow'))).toBe(false)
  })
})
