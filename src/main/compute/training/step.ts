import * as tf from '@tensorflow/tfjs-core'
import { AppError } from '@shared/science/errors'
import type { Adam } from './adam'
import type { Average } from './average'
import { batchGradients, type BatchGradients, type GradientInputs, type Place } from './gradients'
import { withinMemory } from './memory'
import { learningRateAt } from './schedule'
import type { TrainingData } from './training-data'

export type StepInputs = GradientInputs & { adam: Adam; average?: Average | null }

/** How the steps of a training are taken: on the engine, or for a head alone without one. */
export type Steps = {
  /**
   * One step of the optimiser on the rows `indices`; gives the sum of their losses, in nats, and the micro-batch that fitted into memory.
   * Errors: `training/not-finite`, `engine/out-of-memory`.
   */
  take: (indices: readonly number[], place: Place, microBatch: number) => Promise<{ value: number; microBatch: number }>
  /** Puts the weights, or `all` with the optimiser, where `network` and `adam` have them: before anyone else looks there. */
  settle: (what: 'weights' | 'all') => void
  /** Outputs [B, A] of the centred view under the weights as they are now, where that is quicker than to ask the engine. */
  outputs?: (indices: readonly number[]) => Float32Array
}

export function engineSteps(inputs: StepInputs): Steps {
  return { take: (indices, place, microBatch) => stepWithinMemory(inputs, indices, place, microBatch), settle: () => undefined }
}

/**
 * One step of the optimiser on the rows `indices`; gives the sum of their losses, in nats. The engine is asked for numbers once, before
 * any weight changes. Errors: `training/not-finite`, `engine/out-of-memory`.
 */
export async function trainingStep(inputs: StepInputs, indices: readonly number[], epoch: number, step: number): Promise<number> {
  const { batch, microBatch = batch } = inputs.options
  return (await stepWithinMemory(inputs, indices, { epoch, step }, microBatch)).value
}

/** The same, and the micro-batch that fitted into memory: `microBatch` or less. `next` are the rows of the step that follows in this epoch. */
export async function stepWithinMemory(
  inputs: StepInputs,
  indices: readonly number[],
  { epoch, step, next }: Place,
  microBatch: number,
): Promise<{ value: number; microBatch: number }> {
  const before = keepStatistics(inputs)
  try {
    const attempt = (size: number) => batchGradients(inputs, indices, { epoch, step, next }, size)
    const found = await withinMemory(Math.min(microBatch, indices.length), attempt, before.putBack)
    // A last batch that is smaller than a micro-batch has found nothing out.
    const fitted = found.microBatch < Math.min(microBatch, indices.length) ? found.microBatch : microBatch
    try {
      takeStep(inputs, indices, found.value, epoch, step)
    } finally {
      tf.dispose([...found.value.gradients.values()])
    }
    return { value: found.value.losses.reduce((sum, loss) => sum + loss, 0), microBatch: fitted }
  } finally {
    before.dispose()
  }
}

function takeStep(inputs: StepInputs, indices: readonly number[], batch: BatchGradients, epoch: number, step: number): void {
  const { adam, average } = inputs
  const { gradients } = batch
  const { rate, factor, stepsDone } = pace(inputs, indices, batch, epoch, step)
  const clipped = new Map(factor === 1 ? [] : [...gradients].map(([name, gradient]) => [name, tf.mul(gradient, factor)]))
  try {
    adam.apply(factor === 1 ? gradients : clipped, rate)
  } finally {
    tf.dispose([...clipped.values()])
  }
  average?.follow(stepsDone)
}

/**
 * How a step is taken whose gradient is known: the learning rate, what the gradient is multiplied by, and how many steps it makes in all.
 * Error: `training/not-finite`, where it must not be taken.
 */
export function pace(
  { data, options }: Pick<GradientInputs, 'data' | 'options'>,
  indices: readonly number[],
  { losses, norm }: Pick<BatchGradients, 'losses' | 'norm'>,
  epoch: number,
  step: number,
): { rate: number; factor: number; stepsDone: number } {
  if (!Number.isFinite(norm) || !losses.every(Number.isFinite)) throw notFinite(data, indices, losses, epoch, step)
  const stepsPerEpoch = Math.ceil(data.trainIndices.length / options.batch)
  const before = epoch * stepsPerEpoch + step
  const rate = learningRateAt(options, before, options.epochs * stepsPerEpoch)
  const factor = options.clipNorm !== null && norm > options.clipNorm ? options.clipNorm / norm : 1
  return { rate, factor, stepsDone: before + 1 }
}

/** The moving statistics of batch norm change during a pass: an attempt that ran out of memory half way has to leave them as they were. */
function keepStatistics({ network, options }: StepInputs) {
  const moving = options.train === 'all' ? [...network.variables.values()].filter(({ trainable }) => !trainable) : []
  const copies = moving.map((variable) => tf.clone(variable))
  return {
    putBack: () => moving.forEach((variable, i) => variable.assign(copies[i]!)),
    dispose: () => tf.dispose(copies),
  }
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
