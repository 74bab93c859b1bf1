import { engine, registerBackend, setBackend, tidy, type Tensor4D } from '@tensorflow/tfjs-core'
import { AppError } from '@shared/science/errors'
import type { Network } from '../model/network'
import { RECORDER, Recorder, type TracedNode, type TracedValue } from './recorder'

/** What an encoder does, in the order in which it does it. Images are [batch, height, width, channels], `batch` of them. */
export type TracedGraph = { values: readonly TracedValue[]; nodes: readonly TracedNode[]; input: number; output: number; batch: number }

/** A prime that no side of an image and no number of channels is, so that the batch is told from the rest. */
const BATCH = 7919

/**
 * [Note: The encoder is traced] What the encoder of a network does is not written down a second time: the network's own `encode` runs once,
 * on a backend of TensorFlow.js that computes nothing and records which kernels were asked for and what shapes they would give. A network
 * that is added, or a block that is written in another way, exports itself. Throws `predict/not-exportable` when it uses a kernel that the
 * recorder does not know.
 */
export function traceEncoder(network: Network, weights: ReadonlyMap<string, { values: Float32Array }>): TracedGraph {
  const recorder = new Recorder()
  for (const [name, variable] of network.variables) recorder.know(variable, weights.get(name)!.values)
  const previous = engine().backendName
  registerBackend(RECORDER, () => recorder)
  try {
    // The switch is made before the promise is given, and nothing is awaited until it is undone: no other work of this process sees it.
    void setBackend(RECORDER)
    const { sizePx } = network
    let ends = { input: -1, output: -1 }
    // Nothing is given back from it: TensorFlow.js would look for tensors in every number of the record.
    tidy(() => {
      const images = recorder.newTensor([BATCH, sizePx, sizePx, 1])
      const features = network.encode(images as Tensor4D, 'predict')
      ends = { input: recorder.placeOf(images), output: recorder.placeOf(features) }
    })
    return { values: recorder.values, nodes: recorder.nodes, batch: BATCH, ...ends }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('predict/not-exportable', `The encoder of ${network.name} cannot be exported: ${reason}`, { cause })
  } finally {
    void setBackend(previous)
    engine().removeBackend(RECORDER)
  }
}
