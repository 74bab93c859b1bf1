import * as tf from '@tensorflow/tfjs-core'
import { AppError } from '@shared/science/errors'
import { createRandom } from '@shared/science/stats/random'
import type { Network } from '../model/network'
import type { Adam } from './adam'
import { lossOfRows } from './evaluate'
import type { FeatureSource } from './inputs'
import { dropoutMask } from './masks'
import type { TrainingData, TrainingOptions } from './training-data'

export type StepInputs = {
  network: Network
  trainable: ReadonlyMap<string, tf.Variable>
  adam: Adam
  source: FeatureSource
  data: TrainingData
  options: TrainingOptions
}

/**
 * One step of the optimiser on the rows `indices`; gives the sum of their losses, in nats. The engine is asked for numbers once, before
 * any weight changes. Errors: `training/not-finite`.
 */
export async function trainingStep(inputs: StepInputs, indices: readonly number[], epoch: number, step: number): Promise<number> {
  const { adam, data, options } = inputs
  const { loss_B, gradients } = lossAndGradients(inputs, indices, epoch, step)
  let clipped: Map<string, tf.Tensor> | null = null
  try {
    const readings = tf.tidy(() => tf.concat([loss_B, tf.reshape(globalNorm([...gradients.values()]), [1])]))
    const values = Array.from(await readings.data())
    readings.dispose()
    const norm = values.pop()!
    if (!Number.isFinite(norm) || !values.every(Number.isFinite)) throw notFinite(data, indices, values, epoch, step)
    if (norm > options.clipNorm) {
      clipped = new Map([...gradients].map(([name, gradient]) => [name, tf.mul(gradient, options.clipNorm / norm)]))
    }
    adam.apply(clipped ?? gradients)
    return values.reduce((sum, loss) => sum + loss, 0)
  } finally {
    loss_B.dispose()
    tf.dispose([...gradients.values()])
    if (clipped !== null) tf.dispose([...clipped.values()])
  }
}

function lossAndGradients(
  { network, trainable, source, data, options }: StepInputs,
  indices: readonly number[],
  epoch: number,
  step: number,
) {
  const rows = indices.length
  const mask = dropoutMask(rows * network.featureCount, network.dropoutRate, createRandom(options.seed, 'dropout', epoch, step))
  let loss_B: tf.Tensor1D | undefined
  const { value, grads } = tf.variableGrads(() => {
    const features_BF = source.train(indices, epoch, step)
    const outputs_BA = network.head(features_BF, tf.tensor2d(mask, [rows, network.featureCount]))
    loss_B = tf.keep(lossOfRows(network, outputs_BA, data, options, indices))
    return tf.mean(loss_B)
  }, [...trainable.values()])
  value.dispose()
  const gradients = new Map([...trainable].map(([name, variable]) => [name, grads[variable.name]!]))
  return { loss_B: loss_B!, gradients }
}

function globalNorm(gradients: readonly tf.Tensor[]): tf.Tensor {
  return tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))))
}

/** Names the galaxies whose loss is not finite, or all of the batch where only the gradient is not. `epoch` and `batch` count from 0. */
export function notFinite(
  data: TrainingData,
  indices: readonly number[],
  loss_B: readonly number[],
  epoch: number,
  batch: number | null,
): AppError {
  const guilty = indices.filter((_, row) => !Number.isFinite(loss_B[row]))
  const named = guilty.length > 0 ? guilty : indices
  const shown = 8
  const names = named.slice(0, shown).map((index) => data.names[index])
  const more = named.length > shown ? ` and ${named.length - shown} more` : ''
  const where = batch === null ? 'the validation' : `batch ${batch + 1}`
  return new AppError(
    'training/not-finite',
    `The loss is not finite in epoch ${epoch + 1}, ${where}, galaxies ${names.join(', ')}${more}. The model was left as it was before. ` +
      'Look at the images and votes of these galaxies, or train with a smaller learning rate or from scratch.',
  )
}
