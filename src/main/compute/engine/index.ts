import { existsSync } from 'node:fs'
import { engineNames, type EngineName, type EngineReport, type EngineStatus } from '@shared/contract/engine'
import { AppError } from '@shared/science/errors'
import { adviceFor } from './advice'
import { cpuEngine } from './cpu'
import type { EngineLoader } from './loader'
import { probeEngine } from './probe'
import { tensorflowEngine } from './tensorflow-engine'
import { unusable } from './unusable'
import { wasmEngine } from './wasm-engine'
import { webgpuEngine } from './webgpu-engine'

const loaders: Record<EngineName, EngineLoader> = { tensorflow: tensorflowEngine, webgpu: webgpuEngine, wasm: wasmEngine, cpu: cpuEngine }

/**
 * Makes the best usable engine the current one of TensorFlow.js, or the `forced` one. The report lists the engines that were looked at,
 * best first: those better than the one in use, with the reason why not, and the one in use. Errors: `engine/unusable` when the forced
 * one, or none at all, works.
 *
 * [Note: One TensorFlow.js] Our code imports `@tensorflow/tfjs-core` by its bare name and stays outside the bundle; its package has no
 * `exports`, so Node gives `import` and `require` the same CommonJS file, and every backend registers with the core that our ops use.
 * A deep import (`@tensorflow/tfjs-core/dist/…`) or `@tensorflow/tfjs` bundled in would make a second one.
 */
export async function startEngine(forced: EngineName | null): Promise<EngineReport> {
  const looked: EngineStatus[] = []
  for (const name of forced === null ? engineNames : [forced]) {
    const status = await probeEngine(loaders[name])
    looked.push(status)
    if (status.usable) return { engine: name, engines: looked, advice: adviceFor(status, hasNvidiaCard()) }
  }
  if (forced === null) {
    throw new AppError('engine/unusable', looked.map(({ name, reason }) => `${name}: ${reason}`).join(' '))
  }
  throw unusable(forced, looked[0]!.reason)
}

/** The kernel driver's own file; whether its CUDA libraries load is for TensorFlow to say. */
function hasNvidiaCard(): boolean {
  return existsSync('/proc/driver/nvidia/version')
}
