import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBuilt } from '../api/support'
import { startCommand } from './support'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-cli-engine-'))
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'data', 'settings.json'), '{"engine":"cpu"}')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Where no TensorFlow is installed. */
const run = (environment: string, ...args: string[]) =>
  startCommand(folder, args, { GALAXY_DESK_ENGINE: environment, GALAXY_DESK_CACHE: join(folder, 'cache') }).ended

describe.skipIf(!isBuilt)('--engine', () => {
  it('is refused where no engine has that name', async () => {
    expect(await run('', 'model', 'w20-cnn', '--engine', 'cuda')).toMatchObject({
      status: 2,
      err: 'error engine/unknown-name: --engine is "cuda"; it can be auto, tensorflow, webgpu, wasm, cpu.\n',
    })
  })

  it('goes before GALAXY_DESK_ENGINE, with the command or before it', async () => {
    const asked = ['--engine', 'tensorflow']
    for (const args of [
      ['model', 'w20-cnn', ...asked],
      [...asked, 'model', 'w20-cnn'],
    ]) {
      const { status, err } = await run('wasm', ...args)
      expect([status, err]).toEqual([
        1,
        expect.stringMatching(/^error engine\/unusable: The engine tensorflow cannot be used\. TensorFlow is not/),
      ])
    }
  })

  it('doctor says what decided, and exits 1 when jobs would be refused', async () => {
    const kept = await run('', 'doctor')
    expect([kept.status, kept.out]).toEqual([
      0,
      expect.stringMatching(/^Galaxy Desk computes with cpu, as the choice in the window says\.\n/),
    ])
    expect(kept.out).toMatch(/^ {2}tensorflow {2}no: TensorFlow is not installed for Galaxy Desk\. Run `galaxy-desk engine install`\.$/m)
    expect(kept.out).toMatch(/^\* cpu {9}4\.22\.0 CPU, plain JavaScript$/m)
    const forced = await run('tensorflow', 'doctor', '--json')
    expect(forced.status).toBe(1)
    expect(JSON.parse(forced.out)).toMatchObject({ engine: 'tensorflow', engines: [{ name: 'tensorflow', usable: false }, {}, {}, {}] })
  })
})
