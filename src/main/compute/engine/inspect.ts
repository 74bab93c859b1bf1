import { engineNames, type EngineName, type EngineReport, type EngineStatus } from '@shared/contract/engine'
import { AppError } from '@shared/science/errors'
import { bareReason } from './unusable'

/** A process that is to run one engine: the compute process's handle. */
export type EngineProcess = { report: () => Promise<EngineReport>; stop: () => void }

/**
 * The report of `doctor`: every engine, also those worse than the one that would be used. Each is started in a process of its own by
 * `startProcess` and ended again, so that nothing stays loaded and an engine that crashes is told as such. Loads no TensorFlow itself.
 */
export async function inspectEngines(startProcess: (engine: EngineName) => EngineProcess): Promise<EngineReport> {
  const engines: EngineStatus[] = []
  let best: EngineReport | null = null
  for (const name of engineNames) {
    const process = startProcess(name)
    try {
      const report = await process.report()
      engines.push(...report.engines)
      best ??= report
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      engines.push({ name, usable: false, reason: bareReason(name, error.message), version: '', device: '' })
    } finally {
      process.stop()
    }
  }
  if (best === null) throw new AppError('engine/unusable', engines.map(({ name, reason }) => `${name}: ${reason}`).join(' '))
  return { engine: best.engine, engines, advice: best.advice }
}
