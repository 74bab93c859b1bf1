import { AppError } from '@shared/science/errors'
import type { EngineLoader } from './loader'

/** The place of an engine that this build does not have: the list says so instead of leaving it out. */
export const webgpuEngine: EngineLoader = {
  name: 'webgpu',
  backendName: 'webgpu',
  load: async () => {
    throw new AppError('engine/not-built', 'Not part of this version of Galaxy Desk. A graphics card works through the engine tensorflow.')
  },
}
