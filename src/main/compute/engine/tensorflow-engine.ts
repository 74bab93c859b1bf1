import type { EngineLoader } from './loader'

export const tensorflowEngine: EngineLoader = {
  name: 'tensorflow',
  backendName: 'tensorflow',
  load: async () => (await import('./tensorflow/load')).loadTensorflow(),
}
