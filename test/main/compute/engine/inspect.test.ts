import type { ChildProcess } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { engineNames, engineReportSchema, type EngineName } from '@shared/contract/engine'
import { AppError } from '@shared/science/errors'
import { inspectEngines } from '@main/compute/engine/inspect'
import { answerOf, startSource } from './tensorflow/helpers'

const started: ChildProcess[] = []

/** A real process per engine; `crashing` is killed as a crash of its library would end it. */
function startProcess(name: EngineName, crashing?: EngineName) {
  const child = startSource('compute/engine/index.ts', 'startEngine', name)
  started.push(child)
  if (name === crashing) child.kill('SIGSEGV')
  return {
    report: async () => {
      const { answer, code, message } = await answerOf(child).catch(() => ({
        code: 'compute/died',
        message: `ended by ${child.signalCode}`,
        answer: null,
      }))
      if (code !== undefined) throw new AppError(code, message!)
      return engineReportSchema.parse(answer)
    },
    stop: () => child.kill('SIGKILL'),
  }
}

describe('inspectEngines', () => {
  it('tells of every engine, in the order of preference, and leaves no process', async () => {
    const report = engineReportSchema.parse(await inspectEngines((name) => startProcess(name)))
    expect(report.engines.map(({ name }) => name)).toEqual(engineNames)
    expect(report.engine).toBe(report.engines.find(({ usable }) => usable)!.name)
    expect(report.engines.find(({ name }) => name === 'cpu')).toMatchObject({ usable: true, reason: '' })
    for (const { usable, reason } of report.engines) {
      if (!usable) expect(reason).not.toBe('')
      // The bare reason: that it cannot be used stands beside it.
      expect(reason).not.toContain('cannot be used.')
    }
    expect(started.every(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null)).toBe(true)
  })

  it('survives an engine that crashes and says how it ended', async () => {
    const report = await inspectEngines((name) => startProcess(name, 'wasm'))
    expect(report.engines.find(({ name }) => name === 'wasm')).toMatchObject({ usable: false, reason: 'ended by SIGSEGV' })
    expect(report.engine).not.toBe('wasm')
  })
})
