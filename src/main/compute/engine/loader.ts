import type { EngineName } from '@shared/contract/engine'

/** What a loaded engine says of itself. `device` is `CPU`, `CPU, 2 threads`, `GPU …`; `shortfall` why it is slower than it could be. */
export type LoadedEngine = { version: string; device: string; shortfall?: string }

/**
 * One way to run TensorFlow.js. `load` registers the backend `backendName` with the one `@tensorflow/tfjs-core` of this process and may
 * make it the current one; it fails with an AppError whose message says why the engine cannot be used here and what would change that.
 * An engine that is loaded is not yet usable: `probeEngine` runs a product on it.
 */
export type EngineLoader = { name: EngineName; backendName: string; load: () => Promise<LoadedEngine> }
