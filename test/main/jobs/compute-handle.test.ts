import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { EngineName, EngineReport } from '@shared/contract/engine'
import type { AppError } from '@shared/science/errors'
import type { ComputeTask } from '@main/compute/protocol'
import { createComputeHandle, type ComputeHandle } from '@main/jobs/compute-handle'
import { forkNode } from '@main/jobs/fork-node'
import { isBuilt } from '../api/support'
import { childrenOf, isAlive, until } from './processes'

const handles: ComputeHandle[] = []
afterEach(async () => {
  for (const handle of handles.splice(0)) handle.stop()
  await until('the compute processes to end', () => computePids().length === 0)
})

const computePids = () => childrenOf(process.pid, 'compute.js')
const reports: EngineReport[] = []
const failures: Error[] = []

function newHandle(engine: EngineName | null = 'cpu'): ComputeHandle {
  const handle = createComputeHandle(forkNode, engine, { ready: (report) => reports.push(report), failed: (error) => failures.push(error) })
  handles.push(handle)
  return handle
}

const w20: ComputeTask = { kind: 'model', network: 'w20-cnn', outputs: 2 }
/** Builds 4 million weights in plain JavaScript: there is time to do something to the process meanwhile. */
const long: ComputeTask = { kind: 'model', network: 'efficientnet-b0', outputs: 34 }

describe.skipIf(!isBuilt)('the compute process', () => {
  it('starts when it is first asked, and says which engine runs', async () => {
    const handle = newHandle()
    expect(computePids()).toEqual([])
    const report = await handle.report()
    expect(report).toMatchObject({ engine: 'cpu', engines: [{ name: 'cpu', usable: true }] })
    expect(reports.at(-1)).toEqual(report)
    expect(computePids()).toHaveLength(1)
  })

  it('runs a task: the network of W+20 has 1,335,394 parameters with its two outputs', async () => {
    const summary = await newHandle().run(w20)
    expect(summary).toMatchObject({ parameters: 1_335_394 })
  })

  it('serves tasks that are asked at the same time', async () => {
    const handle = newHandle()
    const [one, two] = await Promise.all([9, 10].map((outputs) => handle.run({ kind: 'model', network: 'w20-cnn-tree', outputs })))
    expect(two!.parameters - one!.parameters).toBe(129)
    expect(computePids()).toHaveLength(1)
  })

  it('killed in the middle of a task rejects it as compute/died; the next one runs in a new process', async () => {
    const handle = newHandle()
    await handle.report()
    const [pid] = computePids()
    const task = handle.run(long)
    process.kill(pid!, 'SIGKILL')
    await expect(task).rejects.toMatchObject({ code: 'compute/died', message: expect.stringContaining('SIGKILL') })
    expect((await handle.run(w20)).parameters).toBe(1_335_394)
    expect(computePids()).toHaveLength(1)
    expect(computePids()).not.toContain(pid)
  })

  it('stopped by us rejects what it did', async () => {
    const handle = newHandle()
    await handle.report()
    const task = handle.run(long)
    handle.stop()
    await expect(task).rejects.toMatchObject({ code: 'compute/died' })
  })

  it('killed while its engine starts rejects too', async () => {
    const handle = newHandle()
    const report = handle.report()
    const pid = await until('the process', () => computePids()[0])
    process.kill(pid, 'SIGKILL')
    await expect(report).rejects.toMatchObject({ code: 'compute/died' })
    expect((await handle.report()).engine).toBe('cpu')
  })

  it('does not begin a task that was cancelled before', async () => {
    const controller = new AbortController()
    controller.abort()
    await expect(newHandle().run(w20, { signal: controller.signal })).rejects.toMatchObject({ code: 'job/cancelled' })
  })

  it('passes on what a task failed with', async () => {
    const projectPath = mkdtempSync(join(tmpdir(), 'galaxy-desk-none-'))
    await expect(newHandle().run({ kind: 'measure', projectPath, modelId: 'model-001', params: {} })).rejects.toMatchObject({
      code: 'catalogue/missing',
    })
    rmSync(projectPath, { recursive: true })
  })

  it('says why a forced engine cannot be used, to every call, and leaves no process behind', async () => {
    // Where it was installed for this user, it is not for one without a folder.
    const cache = process.env.GALAXY_DESK_CACHE
    process.env.GALAXY_DESK_CACHE = join(tmpdir(), 'galaxy-desk-no-such-folder')
    try {
      const handle = newHandle('tensorflow')
      for (const call of [() => handle.report(), () => handle.run(w20)])
        await expect(call()).rejects.toMatchObject({ code: 'engine/unusable', message: expect.stringContaining('tensorflow') })
      expect(failures.slice(-2).map((error) => (error as AppError).code)).toEqual(['engine/unusable', 'engine/unusable'])
      await until('the process to end', () => computePids().length === 0)
    } finally {
      if (cache === undefined) delete process.env.GALAXY_DESK_CACHE
      else process.env.GALAXY_DESK_CACHE = cache
    }
  })

  it('changes to another engine: a task that runs ends on the one before, the next one runs on the new one', async () => {
    const handle = newHandle('cpu')
    await handle.report()
    const [before] = computePids()
    const running = handle.run(long)
    // The task must be on its way, or it would begin on the new engine.
    await new Promise((resolve) => setTimeout(resolve, 50))
    handle.useEngine('wasm')
    const [summary, report] = await Promise.all([running, handle.report()])
    expect(report.engine).toBe('wasm')
    expect(summary.parameters).toBeGreaterThan(4_000_000)
    await until('the process before to end', () => !isAlive(before!))
    expect(computePids()).toHaveLength(1)
  })

  it('changes while an engine starts: who waits for that one is given the new one', async () => {
    const handle = newHandle('cpu')
    const report = handle.report()
    handle.useEngine('wasm')
    expect((await report).engine).toBe('wasm')
    await until('one process', () => computePids().length === 1)
  })

  it('does not hear the Ctrl+C of the terminal: whoever started it decides', async () => {
    const handle = newHandle()
    await handle.report()
    const [pid] = computePids()
    // A signal to a negative number goes to a group of processes: the terminal's Ctrl+C goes to the one that we are in.
    expect(isAlive(-pid!)).toBe(true)
  })
})

describe('a process that sends what it should not', () => {
  it('is ended, and what was asked of it fails', async () => {
    let isKilled = false
    let say: (message: unknown) => void = () => undefined
    const handle = createComputeHandle(
      () => ({ send: () => undefined, onMessage: (listener) => (say = listener), onExit: () => undefined, kill: () => (isKilled = true) }),
      'cpu',
    )
    const report = handle.report()
    say({ kind: 'progress', taskId: 'x', progress: { phase: 'training', done: Number.NaN, total: 1, secondsLeft: null } })
    await expect(report).rejects.toThrow('unexpected message')
    expect(isKilled).toBe(true)
  })
})
