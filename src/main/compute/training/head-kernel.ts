import { adamDefaults } from '../ops/adam'
import { dropoutRule } from './masks'

/** The exports of kernels/index.ts. */
type KernelExports = Readonly<Record<'adam' | 'addOuterProducts' | 'drop' | 'multiply' | 'scale', (...args: number[]) => void>> & {
  readonly sumOfSquares: (values: number, count: number) => number
}

/** The numbers of a head [F, A] and [A]: its weights, their gradient, or one of the optimiser's means. */
export type HeadNumbers = { kernel_FA: Float32Array; bias_A: Float32Array }
export type HeadPart = 'weights' | 'gradient' | 'first' | 'second'

/** See [Note: The head's kernel]. All of it is one piece of memory; at most `blockRows` galaxies are worked on at a time. */
export type HeadKernel = {
  readonly blockRows: number
  /** [blockRows][F] each: where the features of a galaxy go. */
  readonly features_RF: readonly Float32Array[]
  /** Where the random bits of `drop` go. */
  readonly words: Uint32Array
  /** [blockRows, columns]: what `multiply` gives, and what `addOuterProducts` takes. The answers come first, the rest is of no use and stays 0. */
  readonly values_RC: Float32Array
  readonly columns: number
  write: (part: HeadPart, numbers: HeadNumbers) => void
  read: (part: HeadPart) => HeadNumbers
  /** Dropout of the first `rows`, by their half words. */
  drop: (rows: number, rate: number) => void
  /** Logits of the first `rows`. */
  multiply: (rows: number) => void
  /** Adds to the gradient what the first `rows` say, in their order. */
  addOuterProducts: (rows: number) => void
  clearGradient: () => void
  scaleGradient: (factor: number) => void
  /** The length of the gradient over all weights. */
  gradientLength: () => number
  /** One step of Adam along the gradient; `step` counts from 1. Source: see `adamStep`. */
  adam: (step: number, learningRate: number) => void
}

/** Columns of a panel; rows and depth come in whole multiples of what the kernel holds in registers. */
const PANEL = 12
/** Their features and the weights together fit a core's second-level cache of 512 kB. */
const BLOCK_ROWS = 48
const PAGE_BYTES = 65_536
const FLOAT_BYTES = 4

/** The kernel of a head [featureCount, outputCount], all weights 0; `module` is kernels/index.ts compiled. */
export function createHeadKernel(module: WebAssembly.Module, featureCount: number, outputCount: number): HeadKernel {
  const panels = Math.ceil(outputCount / PANEL)
  const columns = panels * PANEL
  // One more for the bias.
  const depth = Math.ceil((featureCount + 1) / PANEL) * PANEL
  const size = depth * columns

  let bytes = 0
  const place = (length: number): number => {
    const at = bytes
    // Whole cache lines.
    bytes += Math.ceil((length * FLOAT_BYTES) / 64) * 64
    return at
  }
  const at = { weights: place(size), gradient: place(size), first: place(size), second: place(size) }
  const [features, values] = [place(BLOCK_ROWS * depth), place(BLOCK_ROWS * columns)]
  const wordCount = Math.ceil((BLOCK_ROWS * featureCount) / 2)
  const words = place(wordCount)
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) })
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports
  const numbers = (start: number, length: number) => new Float32Array(memory.buffer, start, length)
  const part = (name: HeadPart) => numbers(at[name], size)
  /** Runs through the numbers of a head, a stretch of neighbours at a time: `count` of them, here at `inner` and at `outer` in [F + 1, A]. */
  const forStretches = (visit: (inner: number, outer: number, count: number) => void) => {
    for (let answer = 0; answer < outputCount; answer += PANEL) {
      const count = Math.min(PANEL, outputCount - answer)
      for (let feature = 0; feature <= featureCount; feature++)
        visit(answer * depth + feature * PANEL, feature * outputCount + answer, count)
    }
  }

  for (let row = 0; row < BLOCK_ROWS; row++) numbers(features, BLOCK_ROWS * depth)[row * depth + featureCount] = 1
  return {
    blockRows: BLOCK_ROWS,
    features_RF: Array.from({ length: BLOCK_ROWS }, (_, row) => numbers(features + row * depth * FLOAT_BYTES, featureCount)),
    words: new Uint32Array(memory.buffer, words, wordCount),
    values_RC: numbers(values, BLOCK_ROWS * columns),
    columns,
    write: (name, { kernel_FA, bias_A }) => {
      const target = part(name)
      const source = new Float32Array((featureCount + 1) * outputCount)
      source.set(kernel_FA)
      source.set(bias_A, kernel_FA.length)
      forStretches((inner, outer, count) => {
        for (let i = 0; i < count; i++) target[inner + i] = source[outer + i]!
      })
    },
    read: (name) => {
      const source = part(name)
      const target = new Float32Array((featureCount + 1) * outputCount)
      forStretches((inner, outer, count) => {
        for (let i = 0; i < count; i++) target[outer + i] = source[inner + i]!
      })
      const kernelSize = featureCount * outputCount
      return { kernel_FA: target.subarray(0, kernelSize), bias_A: target.subarray(kernelSize) }
    },
    drop: (rows, rate) => {
      const { threshold, kept } = dropoutRule(rate)
      kernel.drop(features, words, rows, featureCount, depth, threshold, kept)
    },
    multiply: (rows) => kernel.multiply(features, at.weights, values, Math.ceil(rows / 3) * 3, depth, panels),
    addOuterProducts: (rows) => kernel.addOuterProducts(features, values, at.gradient, rows, depth, panels),
    clearGradient: () => void part('gradient').fill(0),
    scaleGradient: (factor) => kernel.scale(at.gradient, size, factor),
    gradientLength: () => Math.sqrt(kernel.sumOfSquares(at.gradient, size)),
    adam: (step, learningRate) => {
      const { weights, gradient, first, second } = at
      const { beta1, beta2, epsilon } = adamDefaults
      const unbias = [1 / (1 - beta1 ** step), 1 / (1 - beta2 ** step)] as const
      kernel.adam(
        ...[weights, gradient, first, second, weights, first, second],
        ...[learningRate, beta1, beta2, epsilon, ...unbias, 0, size / 4],
      )
    },
  }
}
