import * as tf from '@tensorflow/tfjs-core'
import { createRandom } from '@shared/science/stats/random'
import type { Network } from '../model/network'
import { centredTransform, drawTransform } from './augment'
import type { TrainingData, TrainingOptions } from './training-data'
import { viewsOf } from './views'

export { keptFeatureSource } from './kept-features'

/** Where features [B, F] come from. What is drawn depends on the seed, the epoch, the step and the row alone, so a resumed training repeats it. */
export type FeatureSource = {
  /** For the rows of a step, or for part of them: `first` is the place of the part in the step's batch, 0 when left out. */
  train: (indices: readonly number[], epoch: number, step: number, first?: number) => tf.Tensor2D
  /** The centred view, nothing dropped. */
  centred: (indices: readonly number[]) => tf.Tensor2D
  /** The numbers [F] of one row of `train` and of `centred`, where features are kept and no encoder is run. */
  kept?: { train: (index: number, epoch: number) => Float32Array; centred: (index: number) => Float32Array }
  /** Says what `train` will be asked for next, so that it is ready then. */
  prepare?: (indices: readonly number[], epoch: number) => void
}

/** Through the whole network: a new view of each galaxy at each epoch. */
export function imageSource(network: Network, data: TrainingData, options: TrainingOptions): FeatureSource {
  const { seed, augmentation } = options
  const { sizePx } = network
  const centred = centredTransform(augmentation, data.storedSizePx, sizePx)
  const drawnViews = (indices: readonly number[], epoch: number) =>
    viewsOf(data, sizePx, indices, (index) =>
      drawTransform(augmentation, data.storedSizePx, sizePx, createRandom(seed, 'view', epoch, index)),
    )
  let ready: { key: string; images_BHW: Float32Array } | null = null
  return {
    train: (indices, epoch, step, first = 0) => {
      const images_BHW = ready?.key === keyOf(indices, epoch) ? ready.images_BHW : drawnViews(indices, epoch)
      ready = null
      const depth = createRandom(seed, 'depth', epoch, step, ...(first === 0 ? [] : [first]))
      return network.encode(toTensor(images_BHW, indices.length, sizePx), 'train', depth)
    },
    prepare: (indices, epoch) => {
      ready = { key: keyOf(indices, epoch), images_BHW: drawnViews(indices, epoch) }
    },
    centred: (indices) =>
      network.encode(
        toTensor(
          viewsOf(data, sizePx, indices, () => centred),
          indices.length,
          sizePx,
        ),
        'predict',
      ),
  }
}

const keyOf = (indices: readonly number[], epoch: number) => `${epoch}:${indices.join()}`

const toTensor = (images_BHW: Float32Array, rows: number, sizePx: number) => tf.tensor4d(images_BHW, [rows, sizePx, sizePx, 1])
