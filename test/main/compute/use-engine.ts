import type { EngineName } from '@shared/contract/engine'
import { startEngine } from '@main/compute/engine'
import { engineFromEnvironment } from '@main/services/engine-choice'
import { offerSoftwareAdapter } from './engine/webgpu/software-adapter'

/** The engine that the model tests run on: the one named in GALAXY_DESK_ENGINE, or cpu, which is always there. */
export const engineUnderTest: EngineName = engineFromEnvironment() ?? 'cpu'

/** Starts it. One that was asked for and cannot be used is an error, never another engine in its place. */
export async function useEngine(): Promise<void> {
  prepareEngine(engineUnderTest)
  await startEngine(engineUnderTest)
}

/** With GALAXY_DESK_WEBGPU_SOFTWARE=1 the engine webgpu is tested on a graphics card that the processor plays; else on the machine's own. */
export function prepareEngine(engine: EngineName): void {
  if (engine === 'webgpu' && process.env.GALAXY_DESK_WEBGPU_SOFTWARE === '1') offerSoftwareAdapter()
}

/**
 * Whether suites on the native TensorFlow are left out, and a note for their titles: they are where it cannot be used. That it cannot be
 * used though GALAXY_DESK_ENGINE asks for it is an error. Leaves the engine under test as the current one.
 */
export async function lookForTensorflow(): Promise<{ isLeftOut: boolean; note: string }> {
  const reason = await startEngine('tensorflow').then(
    () => null,
    (error: Error) => error.message,
  )
  await useEngine()
  return { isLeftOut: reason !== null, note: reason === null ? 'installed' : `not run: ${reason}` }
}
