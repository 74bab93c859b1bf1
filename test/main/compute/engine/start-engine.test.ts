import { getBackend, matMul, memory, removeBackend, tensor2d } from '@tensorflow/tfjs-core'
import { describe, expect, it, vi } from 'vitest'
import { engineNames, engineReportSchema, type EngineName } from '@shared/contract/engine'
import { AppError } from '@shared/science/errors'
import { startEngine } from '@main/compute/engine'

describe('startEngine', () => {
  it('takes the first engine that works and lists the better ones with their reason', async () => {
    const report = engineReportSchema.parse(await startEngine(null))
    const names = report.engines.map(({ name }) => name)
    expect(names).toEqual(engineNames.slice(0, names.length))
    expect(names.at(-1)).toBe(report.engine)
    expect(report.engines.map(({ usable }) => usable)).toEqual(names.map((name) => name === report.engine))
    for (const status of report.engines) expect(status.usable ? status.version + status.device : status.reason).not.toBe('')
    expect(['tensorflow', 'webgpu', 'wasm']).toContain(report.engine)
    expect(getBackend()).toBe(report.engine)
    expect(memory().numTensors).toBe(0)
  })

  it.each(['wasm', 'cpu'] satisfies EngineName[])('runs ops of our own code on %s when that is forced', async (name) => {
    const report = await startEngine(name)
    expect(report.engine).toBe(name)
    expect(report.engines).toHaveLength(1)
    expect(getBackend()).toBe(name)
    const product = matMul(tensor2d([1, 2, 3, 4], [2, 2]), tensor2d([5, 6, 7, 8], [2, 2]))
    expect([...(await product.data())]).toEqual([19, 22, 43, 50])
    expect(report.advice).toContain('engine install')
  })

  it('refuses a forced engine that cannot be used, with the reason, and leaves the current one', async () => {
    await startEngine('cpu')
    vi.stubEnv('GALAXY_DESK_CACHE', '/no/such/folder')
    const refusal: unknown = await startEngine('tensorflow').catch((error: unknown) => error)
    vi.unstubAllEnvs()
    expect(refusal).toBeInstanceOf(AppError)
    expect(refusal).toMatchObject({ code: 'engine/unusable', message: expect.stringContaining('tensorflow') })
    expect(getBackend()).toBe('cpu')
    removeBackend('cpu')
  })
})
