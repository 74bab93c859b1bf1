import * as tf from '@tensorflow/tfjs-core'
import { setImmediate } from 'node:timers/promises'
import { createRandom } from '@shared/science/stats/random'
import type { Network } from '../model/network'
import { centredTransform, drawTransform, sampleView, type ViewTransform } from './augment'
import { evenBatches, type TrainingData, type TrainingOptions } from './training-data'

/** Where features [B, F] come from. What is drawn depends on the seed, the epoch, the step and the row alone, so a resumed training repeats it. */
export type FeatureSource = {
  train: (indices: readonly number[], epoch: number, step: number) => tf.Tensor2D
  /** The centred view, nothing dropped. */
  centred: (indices: readonly number[]) => tf.Tensor2D
}

/** Views computed once per galaxy for a training of the head: more views, less overfitting, more time before the first epoch. */
const KEPT_VIEWS = 4
const KEPT_BYTES = 512 * 2 ** 20

/** Through the whole network: a new view of each galaxy at each epoch. */
export function imageSource(network: Network, data: TrainingData, options: TrainingOptions): FeatureSource {
  const { seed, augmentation } = options
  const { sizePx } = network
  const centred = centredTransform(augmentation, data.storedSizePx, sizePx)
  return {
    train: (indices, epoch, step) => {
      const drawn = (index: number) => drawTransform(augmentation, data.storedSizePx, sizePx, createRandom(seed, 'view', epoch, index))
      return network.encode(views(data, sizePx, indices, drawn), 'train', createRandom(seed, 'depth', epoch, step))
    },
    centred: (indices) =>
      network.encode(
        views(data, sizePx, indices, () => centred),
        'predict',
      ),
  }
}

/** From features computed once: for a training of the head alone. */
export async function keptFeatureSource(
  network: Network,
  data: TrainingData,
  options: TrainingOptions,
  onBatch: (done: number, total: number) => void,
): Promise<FeatureSource> {
  const { seed, augmentation, batch } = options
  const { sizePx, featureCount } = network
  const trainRows = Array.from(data.trainIndices)
  const bytesPerView = trainRows.length * featureCount * 4
  const viewCount = Math.max(1, Math.min(KEPT_VIEWS, Math.floor(KEPT_BYTES / Math.max(1, bytesPerView))))
  const centred = centredTransform(augmentation, data.storedSizePx, sizePx)
  const transformOf = (index: number, view: number): ViewTransform =>
    view === viewCount ? centred : drawTransform(augmentation, data.storedSizePx, sizePx, createRandom(seed, 'view', view, index))
  // The last view of each row is the centred one; rows that only validate have no other.
  const wanted = [
    ...Array.from({ length: viewCount + 1 }, (_, view) => trainRows.map((index) => ({ index, view }))).flat(),
    ...Array.from(data.validationIndices).map((index) => ({ index, view: viewCount })),
  ]
  const kept = new Map<number, Float32Array[]>()
  const batches = evenBatches(wanted, batch)
  for (const [done, rows] of batches.entries()) {
    onBatch(done, batches.length)
    await setImmediate()
    const features_BF = tf.tidy(() => {
      const images_BHWC = stack(
        data,
        sizePx,
        rows.map(({ index, view }) => [index, transformOf(index, view)]),
      )
      return network.encode(images_BHWC, 'predict').dataSync() as Float32Array
    })
    rows.forEach(({ index, view }, row) => {
      const ofRow = kept.get(index) ?? []
      ofRow[view] = features_BF.slice(row * featureCount, (row + 1) * featureCount)
      kept.set(index, ofRow)
    })
  }
  const gather = (indices: readonly number[], viewOf: (index: number) => number) => {
    const features_BF = new Float32Array(indices.length * featureCount)
    indices.forEach((index, row) => features_BF.set(kept.get(index)![viewOf(index)]!, row * featureCount))
    return tf.tensor2d(features_BF, [indices.length, featureCount])
  }
  return {
    train: (indices, epoch) => gather(indices, (index) => createRandom(seed, 'kept-view', epoch, index).integer(viewCount)),
    centred: (indices) => gather(indices, () => viewCount),
  }
}

function views(data: TrainingData, sizePx: number, indices: readonly number[], transformOf: (index: number) => ViewTransform): tf.Tensor4D {
  return stack(
    data,
    sizePx,
    indices.map((index) => [index, transformOf(index)]),
  )
}

function stack(data: TrainingData, sizePx: number, rows: readonly (readonly [index: number, transform: ViewTransform])[]): tf.Tensor4D {
  const images_BHWC = new Float32Array(rows.length * sizePx * sizePx)
  rows.forEach(([index, transform], row) =>
    sampleView(data.image(index), data.storedSizePx, sizePx, transform, images_BHWC, row * sizePx * sizePx),
  )
  return tf.tensor4d(images_BHWC, [rows.length, sizePx, sizePx, 1])
}
