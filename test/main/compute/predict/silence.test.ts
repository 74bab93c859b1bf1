import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const home = mkdtempSync(join(tmpdir(), 'home-'))
afterAll(() => rmSync(home, { recursive: true }))

/** Runs an encoder in a process of its own with an empty home folder; `length` characters more are on its command line. */
function encode(length: number) {
  const program = 'test/main/compute/engine/source-process.mjs'
  const module = '../../test/main/compute/predict/load-in-process.ts'
  const env = { ...process.env, HOME: home, XDG_CACHE_HOME: undefined, ORT_DISABLE_TELEMETRY: undefined }
  const { stdout, signal } = spawnSync(process.execPath, [program, module, 'encodeInProcess', JSON.stringify([home]), 'x'.repeat(length)], {
    encoding: 'utf8',
    env,
  })
  return { signal, result: JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null') as { answer: unknown } | null }
}

describe.skipIf(!existsSync('/proc/self/fd'))('onnxruntime (looked at through /proc, where there is one)', () => {
  test('keeps no identifier of the machine and no reports in the home folder', () => {
    expect(encode(0)).toEqual({
      signal: null,
      result: { answer: { name: expect.stringMatching(/^onnxruntime .* cpu$/) as string, opened: [] } },
    })
    expect(readdirSync(home, { recursive: true }).filter((name) => /microsoft|onnx|device/i.test(String(name)))).toEqual([])
  })

  test('does not read the command line: a long one does not end the process', () => {
    expect(encode(100_000).signal).toBeNull()
  })
})
