import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setBackend } from '@tensorflow/tfjs-core'
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm'

/** Starts the backend `wasm` with the package's own files: one thread, and no kernels for the gradients of convolutions. */
export async function loadWasm(): Promise<{ version: string; device: string }> {
  const packageFile = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')
  setWasmPaths(join(dirname(packageFile), 'wasm-out/'))
  if (!(await setBackend('wasm'))) throw new Error('the WebAssembly backend did not start')
  return { version: version_wasm, device: 'CPU, 1 thread' }
}
