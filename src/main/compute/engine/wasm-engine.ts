import type { EngineLoader } from './loader'

export const wasmEngine: EngineLoader = {
  name: 'wasm',
  backendName: 'wasm',
  load: async () => (await import('./wasm/load')).loadWasm(),
}
