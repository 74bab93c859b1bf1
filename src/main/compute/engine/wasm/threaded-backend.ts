/**
 * @file The `wasm` backend of TensorFlow.js with threads under Node. The package starts threads from `blob:` addresses, which Node does not
 * take, so its own parts are put together here: the module's factory, our paths, the number of threads.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { engine, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core'
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm'

type EmscriptenModule = {
  cwrap: (name: string, result: string | null, args: string[]) => (...args: number[]) => number
  tfjs: Record<string, (...args: number[]) => number>
}
type Imports = { env: Record<string, unknown> & { memory: WebAssembly.Memory } }
type FactoryOptions = {
  locateFile: (path: string) => string
  mainScriptUrlOrBlob: string
  instantiateWasm: (imports: Imports, receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void) => object
}

export type ThreadedBackend = { backend: BackendWasm; memory: WebAssembly.Memory }

const STEM = 'tfjs-backend-wasm-threaded-simd'

/** Registers the backend `wasm` with this many threads and makes it the current one. A backend of that name is replaced. */
export async function startThreadedBackend(threads: number): Promise<ThreadedBackend> {
  let memory: WebAssembly.Memory | null = null
  if (engine().findBackend('wasm') !== null || 'wasm' in engine().registryFactory) removeBackend('wasm')
  registerBackend('wasm', async () => {
    const started = await instantiate(threads)
    memory = started.memory
    return started.backend
  })
  if (!(await setBackend('wasm')) || memory === null) throw new Error('the WebAssembly backend did not start')
  return { backend: engine().findBackend('wasm') as unknown as BackendWasm, memory }
}

async function instantiate(threads: number): Promise<ThreadedBackend> {
  const require = createRequire(import.meta.url)
  const folder = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'wasm-out')
  const file = (ending: string) => join(folder, STEM + ending)
  const factory = require(file('.js')) as (options: FactoryOptions) => Promise<EmscriptenModule>
  const { wasmWorkerContents } = require(file('.worker.js')) as { wasmWorkerContents: string }

  // The package holds the text of its worker in a string; Node starts workers from files.
  const workerFolder = mkdtempSync(join(tmpdir(), 'galaxy-desk-wasm-'))
  const workerFile = join(workerFolder, 'worker.js')
  writeFileSync(workerFile, wasmWorkerContents.replace(/\n/g, '\\n'))
  let memory: WebAssembly.Memory | null = null
  try {
    const module = await factory({
      locateFile: (path) => (path.endsWith('.worker.js') ? workerFile : join(folder, path)),
      mainScriptUrlOrBlob: file('.js'),
      instantiateWasm: (imports, receive) => {
        memory = imports.env.memory
        // The module takes at most half of the reported cores.
        imports.env.emscripten_num_logical_cores = () => 2 * threads
        const binary = new WebAssembly.Module(readFileSync(file('.wasm')))
        receive(new WebAssembly.Instance(binary, imports as unknown as WebAssembly.Imports), binary)
        return {}
      },
    })
    module.tfjs = bindings(module)
    setThreadsCount(threads)
    if (memory === null) throw new Error('the WebAssembly module was not instantiated')
    return { backend: new BackendWasm(module as never), memory }
  } finally {
    // Every worker has read its file by now: the factory waits for all of them.
    rmSync(workerFolder, { recursive: true, force: true })
  }
}

/** What BackendWasm calls, as the package's own `init` binds it. */
function bindings(module: EmscriptenModule): EmscriptenModule['tfjs'] {
  return {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  }
}
