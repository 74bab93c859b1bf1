import { engine } from '@tensorflow/tfjs-core'
import type { EngineLoader } from './loader'

/** TensorFlow.js in plain JavaScript: about 100 times slower than the others, always there. */
export const cpuEngine: EngineLoader = {
  name: 'cpu',
  backendName: 'cpu',
  load: async () => {
    const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu')
    // Its greeting on stderr recommends tfjs-node; the report's advice says what helps here.
    Object.assign(engine().findBackend('cpu') ?? {}, { firstUse: false })
    return { version: version_cpu, device: 'CPU, plain JavaScript' }
  },
}
