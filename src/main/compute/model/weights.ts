import * as tf from '@tensorflow/tfjs-core'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AppError } from '@shared/science/errors'
import type { Network } from './network'
import { decodeSafetensors, encodeSafetensors, type NamedArray, type Precision } from './safetensors'
import { isHeadWeight } from './summary'
import { writeAtomic } from './write-atomic'

/** The values of all weights, copied off the engine, in the network's order. */
export function copyWeights(network: Network): Promise<Map<string, NamedArray>> {
  return copyTensors(network.variables)
}

/** The values of named tensors or weights, copied off the engine, in their order. */
export async function copyTensors(tensors: ReadonlyMap<string, tf.Tensor>): Promise<Map<string, NamedArray>> {
  const entries = [...tensors].map(async ([name, tensor]) => {
    // The cpu engine hands out the very array it keeps.
    const values = Float32Array.from((await tensor.data()) as Float32Array)
    return [name, { shape: tensor.shape, values }] as const
  })
  return new Map(await Promise.all(entries))
}

/** Replaces the values of the named weights; shapes must agree. */
export function assignWeights(network: Network, weights: ReadonlyMap<string, NamedArray>): void {
  for (const [name, { shape, values }] of weights) {
    const variable = network.variables.get(name)
    if (variable === undefined) throw new Error(`${network.name} has no weight ${name}`)
    const tensor = tf.tensor(values, [...shape])
    variable.assign(tensor)
    tensor.dispose()
  }
}

/**
 * Writes all weights to a safetensors file, all or nothing, and gives its SHA-256 (hex). Half precision halves the file; its error of 5e-4
 * relative is far below what dropout adds. Errors: `weights/too-large` for values that half precision cannot hold.
 */
export async function saveWeights(
  path: string,
  network: Network,
  options: { precision?: Precision; metadata?: Record<string, string> } = {},
): Promise<string> {
  const { precision = 'float32', metadata = {} } = options
  const tensors = await copyWeights(network)
  const largestHalf = 65504
  for (const [name, { values }] of tensors) {
    if (precision === 'float16' && values.some((value) => Math.abs(value) > largestHalf)) {
      throw new AppError('weights/too-large', `${name} holds values beyond ${largestHalf}, the largest of half precision. Save as float32.`)
    }
  }
  const about = { network: network.name, sizePx: String(network.sizePx), ...metadata }
  const bytes = encodeSafetensors({ tensors, metadata: about }, precision)
  await writeAtomic(path, bytes)
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * Loads weights into a network: all of them, or the encoder's alone, where the head answers another tree.
 * Errors: `weights/missing` (no such file), `weights/damaged`, `weights/unsupported`, `weights/wrong-network`, `weights/not-finite`.
 */
export async function loadWeights(path: string, network: Network, part: 'all' | 'encoder' = 'all'): Promise<void> {
  const { tensors } = decodeSafetensors(await readWhole(path), path)
  const wanted = [...network.variables].filter(([name]) => part === 'all' || !isHeadWeight(name))
  const chosen = new Map<string, NamedArray>()
  for (const [name, variable] of wanted) {
    const found = tensors.get(name)
    const expected = `${network.name} at ${network.sizePx} px with ${network.outputCount} outputs`
    if (found === undefined) throw new AppError('weights/wrong-network', `${path} has no weight ${name}: it is not a model of ${expected}.`)
    if (found.shape.join() !== variable.shape.join()) {
      const shapes = `[${found.shape.join(', ')}], not [${variable.shape.join(', ')}]`
      throw new AppError('weights/wrong-network', `${path}: ${name} has the shape ${shapes}. Choose a model of ${expected}.`)
    }
    if (!found.values.every(Number.isFinite)) {
      throw new AppError(
        'weights/not-finite',
        `${path}: ${name} holds values that are not finite. The file cannot be used; train or copy it again.`,
      )
    }
    chosen.set(name, found)
  }
  if (part === 'all' && tensors.size > chosen.size) {
    const extra = [...tensors.keys()].find((name) => !chosen.has(name))!
    throw new AppError('weights/wrong-network', `${path} holds a weight ${extra} that ${network.name} does not have. Choose another file.`)
  }
  assignWeights(network, chosen)
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new AppError('weights/missing', `There is no file ${path}. Choose a model that exists, or train one.`, { cause })
  }
}
