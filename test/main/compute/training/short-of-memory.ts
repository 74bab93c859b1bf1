import * as tf from '@tensorflow/tfjs-core'
import type { EngineName } from '@shared/contract/engine'
import type { JobProgress } from '@shared/contract/job'
import { startEngine } from '@main/compute/engine'
import { buildNetwork } from '@main/compute/model/build'
import { storedSidePx } from '@main/compute/training/augment'
import { trainNetwork } from '@main/compute/training/trainer'
import { brightOrDark, trainingOptions } from './support'
import { weightsSha256 } from './weights-sha256'

type Request = { engine: EngineName; checkpointPath: string | null; isShort: boolean; onProgress: (line: string) => void }

const MIB = 2 ** 20
const SIZE_PX = 64

/**
 * Trains a W+20 network in batches that do not fit into what memory is left: of wasm, whose memory is filled up first but for some 128 MiB;
 * of tensorflow, whose allocator is bounded by the environment of the process.
 */
export async function trainShortOfMemory({ engine, checkpointPath, isShort, onProgress }: Request) {
  await startEngine(engine)
  const network = buildNetwork('w20-cnn-tree', { outputCount: 2, sizePx: SIZE_PX, seed: 1 })
  if (isShort && engine === 'wasm') fillMemory()
  const data = brightOrDark(150, storedSidePx('w20', SIZE_PX))
  const tensors = tf.memory().numTensors
  const options = trainingOptions({ epochs: 3, batch: 112 })
  const checkpoint = checkpointPath === null ? null : { path: checkpointPath, everySeconds: 0 }
  const result = await trainNetwork(network, { ...data, validationIndices: Array.from(data.validationIndices).slice(0, 8) }, options, {
    checkpoint,
    onProgress: ({ done, phase }: JobProgress) => onProgress(`${phase} ${done}`),
  })
  const leaked = tf.memory().numTensors - tensors
  return { sha256: await weightsSha256(network), lossCurve: result.lossCurve, microBatch: result.microBatch, leaked }
}

/** Takes all memory that the engine can get, as tensors whose numbers are never written, and gives back two pieces of it. */
function fillMemory(): void {
  const backend = tf.backend() as unknown as { makeOutput: (shape: number[], type: 'float32') => tf.TensorInfo }
  const pieces: tf.Tensor[] = []
  for (const mib of [256, 64]) {
    try {
      for (;;) pieces.push(tf.engine().makeTensorFromTensorInfo(backend.makeOutput([(mib * MIB) / 4], 'float32')))
    } catch (error) {
      if ((error as { code?: string }).code !== 'engine/out-of-memory') throw error
    }
  }
  for (let i = 0; i < 2; i++) pieces.pop()?.dispose()
}
