import type { EngineLoader } from './loader'

export const webgpuEngine: EngineLoader = {
  name: 'webgpu',
  backendName: 'webgpu',
  load: async () => (await import('./webgpu/load')).loadWebgpu(),
}
