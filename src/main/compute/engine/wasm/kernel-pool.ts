/** @file Runs our kernels on several threads over the memory of TensorFlow.js. The calling thread works too, and waits for the others. */
import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { kernelFiles } from './kernel-files'

/** The exports of kernels/index.ts. */
export type KernelName =
  | 'adam'
  | 'addParts'
  | 'batchNormGradientSums'
  | 'batchNormInputGradient'
  | 'batchNormSums'
  | 'biasRelu'
  | 'biasReluGradient'
  | 'depthwise'
  | 'depthwiseFilterSums'
  | 'depthwiseInputGradient'
  | 'depthwisePack'
  | 'depthwiseUnpackSums'
  | 'gemm'
  | 'gemmTransposedLeft'
  | 'maxPoolGradient'
  | 'maxPoolGradientOfWindow'
  | 'packColumns'
  | 'packColumnsOfTranspose'
  | 'patches'
  | 'scaleImages'
  | 'scaleShift'
  | 'sumPixels'
  | 'swish'
  | 'swishGradient'
  | 'winogradConvolution'
  | 'winogradFilter'
  | 'winogradFilterGradient'
  | 'winogradFilterSums'

export type KernelPool = {
  readonly threads: number
  /**
   * Calls a kernel with `args` and ranges that cover 0..count. `unit` is the smallest range worth handing out; `workPerItem` counts its
   * multiplications or numbers moved, and decides whether waking the other threads pays.
   */
  run: (kernel: KernelName, args: readonly number[], count: number, workPerItem: number, unit?: number) => void
  close: () => Promise<void>
}

/** Places of the words in the shared state. `job` counts jobs, `next` is the start of the next free range, `done` counts finished threads. */
const words = { job: 0, done: 1, kernel: 2, argumentCount: 3, next: 4, count: 5, chunk: 6, failed: 7 } as const
const MAX_ARGUMENTS = 24
/** About the multiplications of 10 microseconds, what it costs to wake a thread. */
const WORTH_WAKING = 200_000
/** Ranges per thread: enough that a thread which the machine holds up does not hold up the others. */
const RANGES_PER_THREAD = 6

/** Compiles the kernels onto `memory` and starts `threads - 1` workers. */
export async function startKernelPool(memory: WebAssembly.Memory, threads: number): Promise<KernelPool> {
  const files = kernelFiles()
  const module = await WebAssembly.compile(await readFile(files.module))
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
  const kernels = exports as unknown as Record<KernelName | 'setThread', (...args: number[]) => void>
  kernels.setThread(0)
  const names = Object.keys(exports)
  const state = new Int32Array(new SharedArrayBuffer(4 * Object.keys(words).length))
  const sharedArgs = new Float64Array(new SharedArrayBuffer(8 * MAX_ARGUMENTS))
  const workers = await startWorkers(await readFile(files.worker, 'utf8'), threads - 1, {
    module,
    memory,
    names,
    words,
    control: state.buffer,
    args: sharedArgs.buffer,
  })

  function run(kernel: KernelName, args: readonly number[], count: number, workPerItem: number, unit = 1): void {
    if (workers.length === 0 || count <= unit || count * workPerItem < WORTH_WAKING) {
      kernels[kernel](...args, 0, count)
      return
    }
    const chunk = Math.ceil(count / (threads * RANGES_PER_THREAD) / unit) * unit
    sharedArgs.set(args)
    state.set([names.indexOf(kernel), args.length, 0, count, chunk, 0], words.kernel)
    Atomics.store(state, words.done, 0)
    Atomics.add(state, words.job, 1)
    Atomics.notify(state, words.job)
    try {
      for (let from = Atomics.add(state, words.next, chunk); from < count; from = Atomics.add(state, words.next, chunk)) {
        kernels[kernel](...args, from, Math.min(from + chunk, count))
      }
    } finally {
      waitForWorkers(state, workers.length)
    }
    if (Atomics.load(state, words.failed) !== 0) throw new WebAssembly.RuntimeError(`the kernel ${kernel} failed on a worker thread`)
  }

  return { threads, run, close: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))) }
}

async function startWorkers(text: string, count: number, data: { control: ArrayBufferLike } & Record<string, unknown>): Promise<Worker[]> {
  const state = new Int32Array(data.control)
  const workers = Array.from({ length: count }, (_, i) => {
    const worker = new Worker(text, { eval: true, workerData: { ...data, thread: i + 1 } })
    // An idle worker does not keep the program running.
    worker.unref()
    return worker
  })
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve, reject) => {
          worker.once('online', resolve)
          worker.once('error', reject)
        }),
    ),
  )
  while (Atomics.load(state, words.done) < count) await new Promise((resolve) => setTimeout(resolve, 1))
  return workers
}

function waitForWorkers(state: Int32Array, count: number): void {
  for (let look = 0; look < 20_000 && Atomics.load(state, words.done) < count; look++);
  for (;;) {
    const done = Atomics.load(state, words.done)
    if (done >= count) return
    Atomics.wait(state, words.done, done)
  }
}
