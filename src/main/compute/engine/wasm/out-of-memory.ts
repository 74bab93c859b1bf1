/** @file The wasm engine addresses at most 4 GiB. Without this file its end shows as "divide by zero" or "memory access out of bounds". */
import { engine, getKernelsForBackend, registerKernel, unregisterKernel, type DataId, type Tensor } from '@tensorflow/tfjs-core'
import { AppError } from '@shared/science/errors'
import type { Host } from './host'

const GIB = 1024 ** 3
/** Above this the memory is as good as full: a trap of a kernel is then taken for a failed allocation inside it. */
const NEARLY_FULL_BYTES = 3.5 * GIB

function outOfMemory(host: Host, live: ReadonlySet<DataId>, cause?: unknown): AppError {
  const usedGib = (host.memory.buffer.byteLength / GIB).toFixed(1)
  freeAbandoned(host, live)
  const message =
    `The wasm engine has used up its memory (${usedGib} of 4 GiB; it cannot have more). ` +
    'Take a smaller batch or smaller images (--batch, --size), or install the tensorflow engine: `galaxy-desk engine install`.'
  return new AppError('engine/out-of-memory', message, { cause })
}

/** What is used here of TensorFlow.js's state. */
type EngineState = {
  tensorInfo: { has: (dataId: DataId) => boolean }
  /** Absent until something was differentiated, null after it. */
  activeTape?: { saved?: Tensor[] }[] | null
  scopeStack: { track: Tensor[] }[]
}

/**
 * Frees what nobody will free once the error rises: what gradients saved for a way back that is not taken now, and what kernels made for
 * themselves before they failed. Without it a training that goes on with half the batch would start with a memory half full.
 */
function freeAbandoned({ backend }: Host, live: ReadonlySet<DataId>): void {
  const state = (engine() as unknown as { state: EngineState }).state
  if (state.activeTape) {
    const saved = state.activeTape.flatMap((node) => node.saved ?? [])
    // An operation that failed half way has saved its tensors, but is not on the tape yet.
    const kept = state.scopeStack.flatMap(({ track }) => track.filter((tensor) => (tensor as unknown as { kept: boolean }).kept))
    state.activeTape = []
    for (const tensor of [...saved, ...kept]) tensor.dispose()
  }
  for (const dataId of [...live]) if (!state.tensorInfo.has(dataId)) backend.disposeData(dataId, true)
}

/** The data that the backend holds, kept up to date. */
function followData({ backend }: Host): ReadonlySet<DataId> {
  const live = new Set<DataId>()
  const move = backend.move.bind(backend)
  const disposeData = backend.disposeData.bind(backend)
  backend.move = (dataId, ...rest) => {
    move(dataId, ...rest)
    live.add(dataId)
  }
  backend.disposeData = (dataId, force) => {
    const isFreed = disposeData(dataId, force)
    if (isFreed) live.delete(dataId)
    return isFreed
  }
  return live
}

/**
 * Makes a failed allocation, of TensorFlow.js or inside one of its kernels, the error `engine/out-of-memory`, after which the engine holds
 * what it held before the computation began.
 */
export function reportOutOfMemory(host: Host): void {
  const module = host.backend.wasm as unknown as { _malloc: (bytes: number) => number; _free: (address: number) => void }
  const live = followData(host)
  // The module puts the true function in place at its first call, and would undo ours.
  module._free(module._malloc(1))
  const allocate = module._malloc
  module._malloc = (bytes) => {
    const address = allocate(bytes)
    // Near its end the allocator was also seen to give out a block that reaches past the end of the memory.
    const isWhole = address !== 0 && (address >>> 0) + bytes <= host.memory.buffer.byteLength
    if (bytes > 0 && !isWhole) throw outOfMemory(host, live)
    return address
  }
  for (const kernel of getKernelsForBackend('wasm')) {
    unregisterKernel(kernel.kernelName, 'wasm')
    registerKernel({
      ...kernel,
      kernelFunc: (params) => {
        try {
          return kernel.kernelFunc(params)
        } catch (error) {
          const isTrap = error instanceof WebAssembly.RuntimeError
          if (isTrap && host.memory.buffer.byteLength > NEARLY_FULL_BYTES) throw outOfMemory(host, live, error)
          throw error
        }
      },
    })
  }
}
