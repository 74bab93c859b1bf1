import * as tf from '@tensorflow/tfjs-core'
import { createRandom } from '@shared/science/stats/random'
import type { Network } from '../model/network'
import type { FeatureSource } from './inputs'
import { lossOfRows } from './evaluate'
import { lettingGoOnFailure } from './let-go'
import { fillDropoutMask } from './masks'
import { evenBatches, type TrainingData, type TrainingOptions } from './training-data'

export type GradientInputs = {
  network: Network
  trainable: ReadonlyMap<string, tf.Variable>
  source: FeatureSource
  data: TrainingData
  options: TrainingOptions
}

/** Where in a training a batch is: the epoch and the step of it, both from 0, and the rows of the batch that follows in this epoch. */
export type Place = { epoch: number; step: number; next?: readonly number[] | undefined }

/** The losses [B] in nats, the gradient of their mean by each weight, and its length over all weights. The caller disposes of the gradients. */
export type BatchGradients = { losses: number[]; gradients: Map<string, tf.Tensor>; norm: number }

/**
 * The gradient of the mean loss of the rows `indices`, which go through the network `microBatch` at a time and are added up, each galaxy with
 * the same weight: see [Note: Micro-batches]. The engine is asked for numbers as the last thing.
 */
export async function batchGradients(
  inputs: GradientInputs,
  indices: readonly number[],
  place: Place,
  microBatch: number,
): Promise<BatchGradients> {
  const { network, options, source } = inputs
  const { featureCount } = network
  const mask_BF = scratchOf(indices.length * featureCount)
  fillDropoutMask(mask_BF, network.dropoutRate, createRandom(options.seed, 'dropout', place.epoch, place.step))
  const parts = evenBatches(indices, microBatch)
  const losses: tf.Tensor1D[] = []
  let gradients: Map<string, tf.Tensor> | null = null
  let first = 0
  try {
    for (const [part, rows] of parts.entries()) {
      const ofPart = mask_BF.subarray(first * featureCount, (first + rows.length) * featureCount)
      const found = partGradients(inputs, rows, ofPart, { ...place, first, total: indices.length })
      losses.push(found.losses)
      gradients = gradients === null ? found.gradients : addUp(gradients, found.gradients)
      first += rows.length
      // On an engine that works beside this thread the views of what comes next are made meanwhile.
      const next = parts[part + 1] ?? (place.next && evenBatches(place.next, microBatch)[0])
      if (next !== undefined) source.prepare?.(next, place.epoch)
    }
    return await readOff(losses, gradients!)
  } catch (error) {
    tf.dispose([...(gradients?.values() ?? [])])
    throw error
  } finally {
    tf.dispose(losses)
  }
}

let scratch = new Float32Array(0)

/** Numbers that are of use until the next batch: tensors made of them are disposed of by then. A new array each time kept the collector busy. */
function scratchOf(length: number): Float32Array {
  if (scratch.length < length) scratch = new Float32Array(length)
  return scratch.subarray(0, length)
}

type Part = Place & { first: number; total: number }

function partGradients(
  inputs: GradientInputs,
  rows: readonly number[],
  mask_BF: Float32Array,
  { epoch, step, first, total }: Part,
): { losses: tf.Tensor1D; gradients: Map<string, tf.Tensor> } {
  const { network, trainable, source, data, options } = inputs
  return lettingGoOnFailure(() => {
    let loss_B: tf.Tensor1D | undefined
    const { value, grads } = tf.variableGrads(() => {
      const features_BF = source.train(rows, epoch, step, first)
      const outputs_BA = network.head(features_BF, tf.tensor2d(mask_BF, [rows.length, network.featureCount]))
      loss_B = tf.keep(lossOfRows(network, outputs_BA, data, options, rows))
      return tf.div(tf.sum(loss_B), total)
    }, [...trainable.values()])
    value.dispose()
    return { losses: loss_B!, gradients: new Map([...trainable].map(([name, variable]) => [name, grads[variable.name]!])) }
  })
}

function addUp(sums: Map<string, tf.Tensor>, more: ReadonlyMap<string, tf.Tensor>): Map<string, tf.Tensor> {
  try {
    for (const [name, gradient] of more) {
      const before = sums.get(name)!
      sums.set(name, tf.add(before, gradient))
      before.dispose()
    }
    return sums
  } finally {
    tf.dispose([...more.values()])
  }
}

/** The losses and the length of the gradient; from an engine that works beside this thread, with one question. */
async function readOff(losses: tf.Tensor1D[], gradients: Map<string, tf.Tensor>): Promise<BatchGradients> {
  const readings = tf.tidy(() => {
    const squares = [...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)))
    return tf.concat([...losses, tf.reshape(tf.sqrt(tf.addN(squares)), [1])])
  })
  const values = Array.from(await readings.data().finally(() => readings.dispose()))
  return { losses: values.slice(0, -1), gradients, norm: values.at(-1)! }
}
