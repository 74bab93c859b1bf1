import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { engineNames, engineReportSchema } from '@shared/contract/engine'
import { statusSchema } from '@shared/contract/requests'
import { errorOf, isBuilt, newClient } from './support'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-engine-api-'))
  vi.stubEnv('GALAXY_DESK_DATA', folder)
  // Nothing is installed there.
  vi.stubEnv('GALAXY_DESK_CACHE', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(!isBuilt)('the engine of a running program', () => {
  test('one that cannot be used is a failure in the status, refuses jobs, and is recovered from by another choice', async () => {
    const { get, post } = newClient()
    const status = async () => statusSchema.parse((await get('/api/status')).body)
    const settled = async () => {
      for (;;) {
        const found = await status()
        if (found.engine ?? found.engineSetting.failure) return found
        await setTimeout(20)
      }
    }
    expect((await settled()).engine?.engine).toBe('cpu')
    expect((await post('/api/engine', { choice: 'tensorflow' })).body).toMatchObject({
      choice: 'tensorflow',
      isPending: false,
      failure: null,
    })
    const failed = await settled()
    expect(failed.engine).toBeNull()
    expect(failed.engineSetting).toMatchObject({
      choice: 'tensorflow',
      failure: { code: 'engine/unusable', message: expect.stringContaining('galaxy-desk engine install') },
      startedWith: '--engine',
    })
    await post('/api/projects', { path: join(folder, 'sky.galaxydesk'), tree: 'rings' })
    const refused = await post('/api/jobs', { kind: 'train', params: {} })
    expect(errorOf(refused)).toEqual({ status: 500, code: 'engine/unusable' })
    expect((await get('/api/jobs')).body).toEqual({ jobs: [] })
    await post('/api/engine', { choice: 'cpu' })
    expect((await settled()).engine?.engine).toBe('cpu')
    // The job is taken now, and fails of what is missing in the project alone.
    const job = await post('/api/jobs', { kind: 'train', params: {} })
    expect(job.status).toBe(200)
  })

  test('a choice that is none is refused', async () => {
    expect(errorOf(await newClient().post('/api/engine', { choice: 'cuda' }))).toEqual({ status: 400, code: 'request/invalid' })
  })

  test('every engine is listed with its device or the reason why it cannot be used', async () => {
    const { engines } = engineReportSchema.parse((await newClient().get('/api/engines')).body)
    expect(engines.map(({ name }) => name)).toEqual(engineNames)
    for (const { usable, device, reason } of engines) expect(usable ? device : reason).not.toBe('')
  })
})
