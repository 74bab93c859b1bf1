import { availableParallelism } from 'node:os'
import { engine } from '@tensorflow/tfjs-core'
import { version_wasm } from '@tensorflow/tfjs-backend-wasm'
import { registerFusedOperations } from '../../ops/registry'
import { batchNormPredict, batchNormTrain } from './batch-norm'
import { registerConvolutions } from './convolutions'
import { registerDepthwise } from './depthwise'
import { adamStep, biasRelu, dotPixels, meanPixels, registerElementwise, scalePixels, swish } from './elementwise'
import type { Host } from './host'
import { kernelFiles } from './kernel-files'
import { startKernelPool } from './kernel-pool'
import { reportOutOfMemory } from './out-of-memory'
import { registerProducts } from './products'
import { startThreadedBackend } from './threaded-backend'

/** The module of TensorFlow.js starts with this many threads at most. */
const MAX_THREADS = 8

let running: Host | null = null

/**
 * Makes `wasm` the current backend of TensorFlow.js, on all processors up to 8, with our kernels on its memory. Loading it again while it
 * runs changes nothing. Error: `engine/kernels-missing` when the kernels were not built.
 */
export async function loadWasm(threads = Math.min(MAX_THREADS, availableParallelism())): Promise<{ version: string; device: string }> {
  if (running === null || (engine().findBackend('wasm') as unknown) !== running.backend) {
    // Before the backend is touched: what is missing must not leave half an engine behind.
    kernelFiles()
    await running?.pool.close()
    const { backend, memory } = await startThreadedBackend(threads)
    running = { backend, memory, pool: await startKernelPool(memory, threads) }
    register(running)
  }
  const count = running.pool.threads
  return { version: version_wasm, device: `CPU, ${String(count)} ${count === 1 ? 'thread' : 'threads'}` }
}

function register(host: Host): void {
  registerProducts(host)
  registerConvolutions(host)
  registerDepthwise(host)
  registerElementwise(host)
  reportOutOfMemory(host)
  registerFusedOperations('wasm', {
    swish: (x) => swish(host, x),
    biasRelu: (x, bias_C) => biasRelu(host, x, bias_C),
    batchNormTrain: (...args) => batchNormTrain(host, ...args),
    batchNormPredict: (...args) => batchNormPredict(host, ...args),
    meanPixels: (x) => meanPixels(host, x),
    dotPixels: (...args) => dotPixels(host, ...args),
    scalePixels: (...args) => scalePixels(host, ...args),
    adamStep: (...args) => adamStep(host, ...args),
  })
}
