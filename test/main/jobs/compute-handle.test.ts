import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { EngineName, EngineReport } from '@shared/contract/engine'
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

function newHandle(engine: EngineName | null = 'cpu'): ComputeHandle {
  const handle = createComputeHandle(forkNode, engine, (report) => reports.push(report))
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
    // This one is not in this version on any machine.
    const handle = newHandle('webgpu')
    for (const call of [() => handle.report(), () => handle.run(w20)])
      await expect(call()).rejects.toMatchObject({ code: 'engine/unusable', message: expect.stringContaining('webgpu') })
    await until('the process to end', () => computePids().length === 0)
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
