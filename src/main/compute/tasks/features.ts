import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import type { GalaxyImage } from '@main/catalogue/views'
import type { ChangedImage } from '../protocol'
import { AppError } from '@shared/science/errors'
import { createRandom } from '@shared/science/stats/random'
import { centredTransform, drawTransform, sampleView, storedSidePx, type AugmentationStyle } from '../training/augment'
import { progressOf, throwIfCancelled, type TaskContext } from './context'
import { currentImages } from './current-images'
import { decodeBatches, type Decoded } from './decode'
import { openFeatureStore, type FeatureStore } from './feature-store'
import type { OpenModel } from './model-folder'

const IMAGES_AT_ONCE = 32

/** How the views of a survey are drawn: V views from a seed and the galaxy's id, so that they can be made again; one view is the centred one. */
export type ViewPlan = { views: number; seed: number }

/** The augmentation that a network was published with. */
export function augmentationOf(network: OpenModel['card']['network']): AugmentationStyle {
  return network === 'efficientnet-b0' ? 'w21' : 'w20'
}

/** `galaxies` with the checksums of the images that their features were made from; `changed` are those that had another in the catalogue. */
export type KeptFeatures = { store: FeatureStore; galaxies: GalaxyImage[]; changed: GalaxyImage[] }

/**
 * The features of these galaxies under a model: those that are not kept yet are made, in order, and kept. With `isChecked` an image whose
 * file was touched since counts as kept only if it still is the same image; without it no file is looked at whose features are kept. The
 * caller closes the store. Throws `predict/not-finite`, `image/unreadable`, `features/in-use`.
 */
export async function keepFeatures(
  projectPath: string,
  { card, network }: OpenModel,
  imported: readonly GalaxyImage[],
  plan: ViewPlan & { isChecked: boolean },
  context: TaskContext,
): Promise<KeptFeatures> {
  const { views, seed, isChecked } = plan
  const store = openFeatureStore(join(projectPath, 'features', card.id), {
    weightsSha256: card.weightsSha256,
    views,
    viewSeed: seed,
    featureCount: network.featureCount,
  })
  try {
    const galaxies = isChecked ? await currentImages(store, imported, context) : [...imported]
    const missing = galaxies.flatMap(({ galaxyKey, checksum }, i) => (store.find(galaxyKey, checksum) === null ? [i] : []))
    const report = progressOf(context, 'looking at galaxies', missing.length)
    const perBatch = Math.max(1, Math.floor(IMAGES_AT_ONCE / views))
    const style = augmentationOf(card.network)
    const storedPx = storedSidePx(style, network.sizePx)
    let done = 0
    for await (const batch of decodeBatches(
      missing.map((i) => galaxies[i]!),
      storedPx,
      perBatch,
    )) {
      throwIfCancelled(context.signal)
      const images_BHWC = batchOfViews(batch, { style, storedPx, sizePx: network.sizePx, views, seed })
      const features = tf.tidy(() =>
        network.encode(tf.tensor4d(images_BHWC, [batch.length * views, network.sizePx, network.sizePx, 1]), 'predict'),
      )
      const values = (await features.data()) as Float32Array
      features.dispose()
      refuseNotFinite(values, batch, views)
      store.append(batch, values)
      for (const { galaxyKey, id, path, checksum } of batch) galaxies[missing[done++]!] = { galaxyKey, id, path, checksum }
      report(done)
    }
    return { store, galaxies, changed: galaxies.filter(({ checksum }, i) => checksum !== imported[i]!.checksum) }
  } catch (error) {
    store.close()
    throw error
  }
}

/** What a task tells the main process of them, which writes the catalogue. */
export function changedImages(changed: readonly GalaxyImage[]): ChangedImage[] {
  return changed.map(({ galaxyKey, id, checksum }) => ({ galaxyKey, id, checksum }))
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
function batchOfViews(galaxies: readonly Decoded[], { style, storedPx, sizePx, views, seed }: BatchPlan): Float32Array {
  const viewLength = sizePx * sizePx
  const out = new Float32Array(galaxies.length * views * viewLength)
  galaxies.forEach(({ id, image }, i) => {
    const random = createRandom(seed, 'view', id)
    for (let view = 0; view < views; view++) {
      const transform = views === 1 ? centredTransform(style, storedPx, sizePx) : drawTransform(style, storedPx, sizePx, random)
      sampleView(image, storedPx, sizePx, transform, out, (i * views + view) * viewLength)
    }
  })
  return out
}
