import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import type { EngineName } from '@shared/contract/engine'
import { AppError } from '@shared/science/errors'
import type { Network } from '../model/network'
import { exportedEncoder } from './export'
import { loadRuntime, openSession, providersFor, type OnnxSession } from './session'

/**
 * What turns views of galaxies into features. `name` tells two apart whose features differ in the last digits; `note` says why it is not a
 * faster one. `encode`: images [rows, size, size] of 0..1 to features [rows, F]; at most `rowsAtOnce` are a good batch.
 */
export type FeatureEncoder = {
  name: string
  note: string | null
  rowsAtOnce: number
  encode: (images: Float32Array, rows: number) => Promise<Float32Array>
  close: () => Promise<void>
}

/** `auto`: onnxruntime wherever it gives the engine's features, else the engine itself. */
export type EncoderChoice = 'auto' | 'engine'

/** The network of a model, its weights' SHA-256, and the model's folder, where the exported encoder is kept. */
export type EncoderSource = { network: Network; folder: string; weightsSha256: string }

/**
 * The fastest encoder that gives the network's own features. onnxruntime takes a third of the time of PyTorch and a fifth of the engines';
 * where it cannot be loaded, the network cannot be exported, or the exported one differs, the engine encodes, and the note says why.
 */
export async function openEncoder(source: EncoderSource, engine: EngineName, choice: EncoderChoice = 'auto'): Promise<FeatureEncoder> {
  if (choice === 'engine') return engineEncoder(source.network, engine, null)
  const notes: string[] = []
  const noted = (error: unknown) => {
    if (!(error instanceof AppError)) throw error
    notes.push(error.message)
  }
  try {
    const runtime = await loadRuntime()
    const { network, folder, weightsSha256 } = source
    const exported = await exportedEncoder(join(folder, 'encoder.onnx'), network, weightsSha256)
    for (const provider of providersFor(engine)) {
      const session = await openSession(runtime, provider, exported, network.sizePx).catch(noted)
      if (session) return onnxEncoder(session, runtime.env.versions.node ?? '', notes)
    }
  } catch (error) {
    noted(error)
  }
  return engineEncoder(source.network, engine, notes.join(' '))
}

function onnxEncoder({ provider, encode, close }: OnnxSession, version: string, notes: readonly string[]): FeatureEncoder {
  return {
    name: `onnxruntime ${version} ${provider}`,
    note: notes.length > 0 ? notes.join(' ') : null,
    rowsAtOnce: provider === 'cpu' ? cpuRows() : 64,
    encode,
    close,
  }
}

/**
 * Small batches stay in the processor's caches: on 2 cores an image took 16 ms of processor time in batches of 4, decoding included, 18 in
 * batches of 8 and 22 in batches of 32, which also take three times the memory.
 */
function cpuRows(): number {
  return Math.min(32, Math.max(4, availableParallelism()))
}

function engineEncoder(network: Network, engine: EngineName, note: string | null): FeatureEncoder {
  const { sizePx } = network
  return {
    name: `engine ${engine}`,
    note,
    rowsAtOnce: 32,
    encode: async (images, rows) => {
      const features = tf.tidy(() => network.encode(tf.tensor4d(images, [rows, sizePx, sizePx, 1]), 'predict'))
      try {
        return Float32Array.from((await features.data()) as Float32Array)
      } finally {
        features.dispose()
      }
    },
    close: () => Promise.resolve(),
  }
}
