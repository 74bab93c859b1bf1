import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import type { GalaxyImage } from '@main/catalogue/views'
import { AppError } from '@shared/science/errors'
import { createRandom } from '@shared/science/stats/random'
import { centredTransform, drawTransform, sampleView, storedSidePx, type AugmentationStyle } from '../training/augment'
import { progressOf, throwIfCancelled, type TaskContext } from './context'
import { decodeBatches } from './decode'
import { openFeatureStore, type FeatureStore } from './feature-store'
import type { OpenModel } from './model-folder'

const IMAGES_AT_ONCE = 32

/** How the views of a survey are drawn: V views from a seed and the galaxy's id, so that they can be made again; one view is the centred one. */
export type ViewPlan = { views: number; seed: number }

/** The augmentation that a network was published with. */
export function augmentationOf(network: OpenModel['card']['network']): AugmentationStyle {
  return network === 'efficientnet-b0' ? 'w21' : 'w20'
}

/** The features of these galaxies under a model: those that are not kept yet are made, in order, and kept. The caller closes the store. */
export async function keepFeatures(
  projectPath: string,
  { card, network }: OpenModel,
  galaxies: readonly GalaxyImage[],
  plan: ViewPlan,
  context: TaskContext,
): Promise<FeatureStore> {
  const { views, seed } = plan
  const store = openFeatureStore(join(projectPath, 'features', card.id), {
    weightsSha256: card.weightsSha256,
    views,
    viewSeed: seed,
    featureCount: network.featureCount,
  })
  try {
    const missing = galaxies.filter(({ galaxyKey, checksum }) => store.find(galaxyKey, checksum) === null)
    const report = progressOf(context, 'looking at galaxies', missing.length)
    const perBatch = Math.max(1, Math.floor(IMAGES_AT_ONCE / views))
    const style = augmentationOf(card.network)
    const storedPx = storedSidePx(style, network.sizePx)
    let done = 0
    for await (const batch of decodeBatches(missing, storedPx, perBatch)) {
      throwIfCancelled(context.signal)
      const images_BHWC = batchOfViews(batch.images, batch.galaxies, { style, storedPx, sizePx: network.sizePx, views, seed })
      const features = tf.tidy(() =>
        network.encode(tf.tensor4d(images_BHWC, [batch.images.length * views, network.sizePx, network.sizePx, 1]), 'predict'),
      )
      const values = (await features.data()) as Float32Array
      features.dispose()
      refuseNotFinite(values, batch.galaxies, views)
      store.append(
        batch.galaxies.map(({ galaxyKey }) => galaxyKey),
        batch.galaxies.map(({ checksum }) => checksum),
        values,
      )
      report((done += batch.galaxies.length))
    }
    return store
  } catch (error) {
    store.close()
    throw error
  }
}

function refuseNotFinite(values: Float32Array, galaxies: readonly GalaxyImage[], views: number): void {
  const rowLength = values.length / galaxies.length
  const bad = galaxies.filter((_, i) => !values.subarray(i * rowLength, (i + 1) * rowLength).every(Number.isFinite))
  if (bad.length === 0) return
  const ids = bad.map(({ id }) => id)
  throw new AppError(
    'predict/not-finite',
    `The network gives features that are not finite for ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''} (${views} views each). Nothing of this batch was kept. Train again, or use another engine.`,
  )
}

type BatchPlan = { style: AugmentationStyle; storedPx: number; sizePx: number; views: number; seed: number }

/** Views [B, V] of stored images, flat. */
function batchOfViews(
  images: readonly Uint8Array[],
  galaxies: readonly GalaxyImage[],
  { style, storedPx, sizePx, views, seed }: BatchPlan,
): Float32Array {
  const viewLength = sizePx * sizePx
  const out = new Float32Array(images.length * views * viewLength)
  images.forEach((image, i) => {
    const random = createRandom(seed, 'view', galaxies[i]!.id)
    for (let view = 0; view < views; view++) {
      const transform = views === 1 ? centredTransform(style, storedPx, sizePx) : drawTransform(style, storedPx, sizePx, random)
      sampleView(image, storedPx, sizePx, transform, out, (i * views + view) * viewLength)
    }
  })
  return out
}
