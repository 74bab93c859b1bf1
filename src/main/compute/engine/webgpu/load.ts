import { engine, registerBackend } from '@tensorflow/tfjs-core'
import { packageVersion } from '@main/services/version'
import { AppError } from '@shared/science/errors'
import { adapterName, chooseAdapter, isSoftware, requireCard } from './adapter'
import { createGuardedBackend } from './guarded-backend'
import type { LoadedEngine } from '../loader'

/** What the kernels of TensorFlow.js may use, as far as the card has it. */
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const

let loaded: LoadedEngine | null = null

/**
 * Registers the backend `webgpu` of TensorFlow.js on the graphics card, through Dawn (Vulkan, Metal or Direct3D 12). The package's own
 * registration is passed over: it takes whatever adapter comes first, software too. Errors: `engine/no-adapter`, `engine/software-adapter`,
 * `engine/not-available` where there is no Dawn for this system.
 */
export async function loadWebgpu(): Promise<LoadedEngine> {
  if (loaded !== null && engine().findBackendFactory('webgpu') !== null) return loaded
  requireCard()
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu')
  const gpu = await startDawn()
  const adapter = await chooseAdapter(gpu)
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]])),
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
  })
  registerBackend('webgpu', () => createGuardedBackend(WebGPUBackend, device, adapter.info), 3)
  loaded = {
    version: packageVersion('@tensorflow/tfjs-backend-webgpu') ?? '',
    device: `${isSoftware(adapter.info) ? 'CPU as graphics card' : 'GPU'}, ${adapterName(adapter.info)}`,
  }
  return loaded
}

/** One for the process, with the names of WebGPU made global: TensorFlow.js looks for them there. */
let dawn: GPU | null = null

async function startDawn(): Promise<GPU> {
  if (dawn !== null) return dawn
  try {
    const { create, globals } = await import('webgpu')
    Object.assign(globalThis, globals)
    dawn = create([])
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new AppError('engine/not-available', `There is no WebGPU for ${process.platform} on ${process.arch} here (${reason}).`, {
      cause: error,
    })
  }
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: {} })
  Object.defineProperty(globalThis.navigator, 'gpu', { value: dawn, configurable: true })
  return dawn
}
