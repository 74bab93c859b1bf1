import { open } from 'node:fs/promises'
import * as tf from '@tensorflow/tfjs-core'
import type { Network } from '../model/network'
import { copyWeights } from '../model/weights'
import { writeAtomic } from '../model/write-atomic'
import { encodeOnnx, readOnnxMetadata } from './onnx-file'
import { onnxGraph } from './onnx-graph'
import { REFERENCE_IMAGES, referenceImages } from './reference-images'
import { traceEncoder } from './trace'

/** Raised when a file that an older version wrote is to be made anew. */
const EXPORT_VERSION = '1'
/** Holds the metadata, which come first: the features of three images, in Base64, are the most of it. */
const START_BYTES = 2 ** 18

/** The exported encoder of a model, and what the engine says of the reference images: features [3, F]. */
export type ExportedEncoder = { path: string; reference_BF: Float32Array }

/**
 * The encoder of this network at `path` in ONNX's format: the file that is there, if it is of these weights, else a new one, written all or
 * nothing. Errors: `predict/not-exportable`.
 */
export async function exportedEncoder(path: string, network: Network, weightsSha256: string): Promise<ExportedEncoder> {
  const kept = readOnnxMetadata(await startOf(path))
  if (kept.version === EXPORT_VERSION && kept.weightsSha256 === weightsSha256 && kept.referenceFeatures !== undefined)
    return { path, reference_BF: decodeFloats(kept.referenceFeatures) }
  const reference_BF = await featuresOfReference(network)
  const metadata = { version: EXPORT_VERSION, network: network.name, weightsSha256, referenceFeatures: encodeFloats(reference_BF) }
  const graph = onnxGraph(traceEncoder(network, await copyWeights(network)))
  await writeAtomic(path, encodeOnnx({ metadata, ...graph }))
  return { path, reference_BF }
}

async function featuresOfReference(network: Network): Promise<Float32Array> {
  const { sizePx } = network
  const features = tf.tidy(() => network.encode(tf.tensor4d(referenceImages(sizePx), [REFERENCE_IMAGES, sizePx, sizePx, 1]), 'predict'))
  try {
    return Float32Array.from((await features.data()) as Float32Array)
  } finally {
    features.dispose()
  }
}

/** Empty when there is no such file. */
async function startOf(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(START_BYTES), 0, START_BYTES, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return new Uint8Array()
  }
}

const encodeFloats = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')

function decodeFloats(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}
