import * as tf from '@tensorflow/tfjs-core'
import { setImmediate } from 'node:timers/promises'
import { createRandom } from '@shared/science/stats/random'
import type { Network } from '../model/network'
import { centredTransform, drawTransform, type ViewTransform } from './augment'
import type { FeatureSource } from './inputs'
import { withinMemory } from './memory'
import type { TrainingData, TrainingOptions } from './training-data'
import { viewsOf } from './views'

/** Views computed once per galaxy for a training of the head: more views, less overfitting, more time before the first epoch. */
const KEPT_VIEWS = 4
const KEPT_BYTES = 512 * 2 ** 20

/** Features [F] of views of galaxies, made once. */
export type KeptViews = {
  /** Views of a galaxy that training draws from. */
  trainingViews: number
  of: (index: number, view: number) => Float32Array
  /** The view that says how good the network is: the same one at every epoch. */
  checkedView: number
}

/** How many views of so many galaxies may be held in memory at once. */
export function viewsWithin(galaxies: number, featureCount: number): number {
  return Math.max(1, Math.floor(KEPT_BYTES / (Math.max(1, galaxies) * featureCount * 4)))
}

/** From kept features: at each epoch one of the views of each galaxy, by the seed. */
export function keptSource(kept: KeptViews, galaxies: number, featureCount: number, seed: number): FeatureSource {
  const gather = (indices: readonly number[], viewOf: (index: number) => number) => {
    const features_BF = new Float32Array(indices.length * featureCount)
    indices.forEach((index, row) => features_BF.set(kept.of(index, viewOf(index)), row * featureCount))
    return tf.tensor2d(features_BF, [indices.length, featureCount])
  }
  let drawn = { epoch: -1, view_N: new Uint32Array(0) }
  const viewOf = (index: number, epoch: number) => {
    if (drawn.epoch !== epoch) {
      const view_N = new Uint32Array(galaxies)
      createRandom(seed, 'kept-views', epoch).fillBits(view_N)
      // The remainder of 2^32 by a few views favours none by more than 1e-8.
      drawn = { epoch, view_N: view_N.map((bits) => bits % kept.trainingViews) }
    }
    return drawn.view_N[index]!
  }
  return {
    train: (indices, epoch) => gather(indices, (index) => viewOf(index, epoch)),
    kept: {
      train: (index, epoch) => kept.of(index, viewOf(index, epoch)),
      centred: (index) => kept.of(index, kept.checkedView),
    },
    centred: (indices) => gather(indices, () => kept.checkedView),
  }
}

/** Runs the encoder over views of all galaxies, once: for a training of the head alone where no features are at hand. */
export async function keptFeatureSource(
  network: Network,
  data: TrainingData,
  options: TrainingOptions,
  onBatch: (done: number, total: number) => void,
): Promise<FeatureSource> {
  const { seed, augmentation, batch, microBatch = batch } = options
  const { sizePx, featureCount } = network
  const trainRows = Array.from(data.trainIndices)
  const viewCount = Math.min(KEPT_VIEWS, viewsWithin(trainRows.length, featureCount))
  const centred = centredTransform(augmentation, data.storedSizePx, sizePx)
  const transformOf = (index: number, view: number): ViewTransform =>
    view === viewCount ? centred : drawTransform(augmentation, data.storedSizePx, sizePx, createRandom(seed, 'view', view, index))
  // The last view of each row is the centred one; rows that only validate have no other.
  const wanted = [
    ...Array.from({ length: viewCount + 1 }, (_, view) => trainRows.map((index) => ({ index, view }))).flat(),
    ...Array.from(data.validationIndices).map((index) => ({ index, view: viewCount })),
  ]
  const kept = new Map<number, Float32Array[]>()
  const encode = (rows: typeof wanted) => {
    const images_BHW = viewsOf(
      data,
      sizePx,
      rows.map(({ index }) => index),
      (index, row) => transformOf(index, rows[row]!.view),
    )
    const features_BF = tf.tidy(() => network.encode(tf.tensor4d(images_BHW, [rows.length, sizePx, sizePx, 1]), 'predict'))
    return features_BF.data<'float32'>().finally(() => features_BF.dispose())
  }
  let size = Math.min(batch, microBatch)
  const total = wanted.length
  for (let done = 0; done < total; done += size) {
    onBatch(done, total)
    await setImmediate()
    const found = await withinMemory(size, (fitting) => encode(wanted.slice(done, done + fitting)))
    size = found.microBatch
    wanted.slice(done, done + size).forEach(({ index, view }, row) => {
      const ofRow = kept.get(index) ?? []
      ofRow[view] = found.value.slice(row * featureCount, (row + 1) * featureCount)
      kept.set(index, ofRow)
    })
  }
  return keptSource(
    { trainingViews: viewCount, of: (index, view) => kept.get(index)![view]!, checkedView: viewCount },
    data.names.length,
    featureCount,
    seed,
  )
}
