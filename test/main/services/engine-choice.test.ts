import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { chosenEngine, engineFromEnvironment, keepEngine } from '@main/services/engine-choice'

let folder: string
const settings = () => join(folder, 'data', 'settings.json')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-choice-'))
  vi.stubEnv('GALAXY_DESK_DATA', join(folder, 'data'))
  vi.stubEnv('GALAXY_DESK_ENGINE', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

describe('which engine', () => {
  test('is the best that works where nobody chose', () => {
    expect(chosenEngine()).toEqual({ choice: 'auto', startedWith: null })
    expect(engineFromEnvironment()).toBeNull()
  })

  test('the command line goes before the environment, the environment before what was kept', () => {
    keepEngine('cpu')
    expect(chosenEngine()).toEqual({ choice: 'cpu', startedWith: null })
    vi.stubEnv('GALAXY_DESK_ENGINE', 'wasm')
    expect(chosenEngine()).toEqual({ choice: 'wasm', startedWith: 'GALAXY_DESK_ENGINE' })
    expect(engineFromEnvironment()).toBe('wasm')
    expect(chosenEngine('auto')).toEqual({ choice: 'auto', startedWith: '--engine' })
  })

  test('a name that no engine has is refused with those that there are', () => {
    vi.stubEnv('GALAXY_DESK_ENGINE', 'cuda')
    expect(() => chosenEngine()).toThrow(/GALAXY_DESK_ENGINE is "cuda"; it can be auto, tensorflow, webgpu, wasm, cpu\./)
  })

  test('what else the settings hold is kept, and settings that are damaged choose nothing', () => {
    mkdirSync(join(folder, 'data'))
    writeFileSync(settings(), '{"later":[1],"engine":"wasm"}')
    keepEngine('auto')
    expect(JSON.parse(readFileSync(settings(), 'utf8'))).toEqual({ later: [1], engine: 'auto' })
    for (const damaged of ['{"engine":', '{"engine":"cuda"}', '[]']) {
      writeFileSync(settings(), damaged)
      expect(chosenEngine().choice).toBe('auto')
    }
  })

  test('a choice that cannot be written says so', () => {
    // A file where the folder should be.
    writeFileSync(join(folder, 'data'), '')
    expect(() => keepEngine('wasm')).toThrow(expect.objectContaining({ code: 'settings/not-saved' }))
  })
})
