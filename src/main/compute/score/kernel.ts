import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { indexTree } from '@shared/science/tree/tree-index'
import { compileModule } from '../engine/wasm/kernel-files'

/** The exports of kernels/index.ts. */
type KernelExports = { fillConstants: (...args: number[]) => void; scoreTree: (...args: number[]) => void }

/** What the kernel says of each galaxy of a chunk, [rows]; see [Note: The scoring kernel]. `mean_A` reads the fractions of the first root. */
export type KernelResult = {
  readonly totals: Float32Array
  readonly targets: Float32Array
  readonly spreads: Float32Array
  readonly mean_A: (galaxy: number) => number[]
}

/** Scores chunks: the caller writes rows into `rows` [capacity · K · A] and asks for the first `count`; the result is good until the next. */
export type TreeKernel = { readonly rows: Float32Array; readonly run: (count: number) => KernelResult }

/**
 * [Note: Accuracy of the scoring kernel] A score of the kernel differs from that of the science functions by less than this, in nats or as a
 * margin: float32 fractions, and a logarithm good to 6.4e-8, averaged over answers and samples. The tests find 3e-7 at most on trees of 10
 * questions. What is ranked by the kernel is scored again in float64 with this to spare.
 */
export const kernelError = 2e-6

/** The compiled kernel for this processor, or null where it was not built or cannot run: the science functions do its work. */
export const compileKernel = (folder?: string): Promise<WebAssembly.Module | null> => compileModule('score', folder)

/** Sets the kernel up for a tree, K samples and at most `capacity` galaxies at a time (rounded up to four). */
export function createTreeKernel(module: WebAssembly.Module, tree: DecisionTree, sampleCount: number, capacity: number): TreeKernel {
  const { answerCount, questionCount, start_Q, parents_Q, order, roots } = indexTree(tree)
  const target = roots[0]!
  const targetAnswers = start_Q[target + 1]! - start_Q[target]!
  const width = sampleCount * answerCount
  const groups = Math.ceil(capacity / 4)
  const parentStart_Q = [0, ...parents_Q.map((_, q) => parents_Q.slice(0, q + 1).flat().length)]

  let bytes = 0
  const place = (size: number): number => {
    const at = bytes
    // Whole cache lines.
    bytes += Math.ceil(size / 64) * 64
    return at
  }
  const tables = [start_Q, order, parentStart_Q, parents_Q.flat()].map((values) => ({ values, at: place(4 * values.length) }))
  const constants = place(64)
  const work = place(16 * (width + 3 + 3 * answerCount))
  const [totals, targets, spreads] = [place(16 * groups), place(16 * groups), place(16 * groups)]
  const means = place(16 * groups * targetAnswers)
  const rows = place(16 * groups * width + 16)

  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) })
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports
  for (const { values, at } of tables) new Int32Array(memory.buffer, at, values.length).set(values)
  kernel.fillConstants(constants)
  const numbers = (at: number, length: number) => new Float32Array(memory.buffer, at, length)
  const rowValues = numbers(rows, 4 * groups * width)
  const meanValues = numbers(means, 4 * groups * targetAnswers)
  const result: KernelResult = {
    totals: numbers(totals, 4 * groups),
    targets: numbers(targets, 4 * groups),
    spreads: numbers(spreads, 4 * groups),
    mean_A: (galaxy) =>
      Array.from({ length: targetAnswers }, (_, a) => meanValues[((galaxy >> 2) * targetAnswers + a) * 4 + (galaxy & 3)]!),
  }
  const addresses = tables.map(({ at }) => at)

  function run(count: number): KernelResult {
    // Lanes without a galaxy hold numbers that cost no time, as those that are no numbers would.
    rowValues.fill(1, count * width, Math.ceil(count / 4) * 4 * width)
    kernel.scoreTree(
      ...[rows, Math.ceil(count / 4), sampleCount, answerCount, questionCount, constants, ...addresses],
      ...[target, work, totals, targets, spreads, means],
    )
    return result
  }
  return { rows: rowValues, run }
}
