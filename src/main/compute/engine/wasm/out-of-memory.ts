/** @file The wasm engine addresses at most 4 GiB. Without this file its end shows as "divide by zero" or "memory access out of bounds". */
import { getKernelsForBackend, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core'
import { AppError } from '@shared/science/errors'
import type { Host } from './host'

const GIB = 1024 ** 3
/** Above this the memory is as good as full: a trap of a kernel is then taken for a failed allocation inside it. */
const NEARLY_FULL_BYTES = 3.5 * GIB

function outOfMemory(host: Host, cause?: unknown): AppError {
  const usedGib = (host.memory.buffer.byteLength / GIB).toFixed(1)
  const message =
    `The wasm engine has used up its memory (${usedGib} of 4 GiB; it cannot have more). ` +
    'Take a smaller batch or smaller images (--batch, --size), or install the tensorflow engine: `galaxy-desk engine install`.'
  return new AppError('engine/out-of-memory', message, { cause })
}

/** Makes a failed allocation, of TensorFlow.js or inside one of its kernels, the error `engine/out-of-memory`. */
export function reportOutOfMemory(host: Host): void {
  const module = host.backend.wasm as unknown as { _malloc: (bytes: number) => number; _free: (address: number) => void }
  // The module puts the true function in place at its first call, and would undo ours.
  module._free(module._malloc(1))
  const allocate = module._malloc
  module._malloc = (bytes) => {
    const address = allocate(bytes)
    // Near its end the allocator was also seen to give out a block that reaches past the end of the memory.
    const isWhole = address !== 0 && (address >>> 0) + bytes <= host.memory.buffer.byteLength
    if (bytes > 0 && !isWhole) throw outOfMemory(host)
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
          if (isTrap && host.memory.buffer.byteLength > NEARLY_FULL_BYTES) throw outOfMemory(host, error)
          throw error
        }
      },
    })
  }
}
