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

/** The galaxies of a survey by their keys, with the row that each one's features have in the store. */
export type KeptGalaxies = { galaxyKeys: Int32Array; rows: Int32Array }

/** `changed` are the galaxies whose image is another than the catalogue says, with the checksums of those that were used. */
export type KeptFeatures = KeptGalaxies & { store: FeatureStore; changed: ChangedImage[] }

/**
 * The features of these galaxies under a model: those that are not kept yet are made, in order, and kept. With `isChecked` an image whose
 * file was touched since counts as kept only if it still is the same image; without it no file is looked at whose features are kept.
 * `imported` is walked through twice and never held: an array, or a query that starts anew each time; a galaxy that is not there the second
 * time is left out. The caller closes the store. Throws `predict/not-finite`, `image/unreadable`, `features/in-use`.
 */
export async function keepFeatures(
  projectPath: string,
  { card, network }: OpenModel,
  imported: Iterable<GalaxyImage>,
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
    const survey = await findKept(store, imported, isChecked, context)
    const missing = [...imported].filter(({ galaxyKey }) => survey.missing.has(galaxyKey))
    const report = progressOf(context, 'looking at galaxies', missing.length)
    const perBatch = Math.max(1, Math.floor(IMAGES_AT_ONCE / views))
    const style = augmentationOf(card.network)
    const storedPx = storedSidePx(style, network.sizePx)
    let done = 0
    for await (const batch of decodeBatches(missing, storedPx, perBatch)) {
      throwIfCancelled(context.signal)
      const images_BHWC = batchOfViews(batch, { style, storedPx, sizePx: network.sizePx, views, seed })
      const features = tf.tidy(() =>
        network.encode(tf.tensor4d(images_BHWC, [batch.length * views, network.sizePx, network.sizePx, 1]), 'predict'),
      )
      const values = (await features.data()) as Float32Array
      features.dispose()
      refuseNotFinite(values, batch, views)
      store.append(batch, values)
      for (const { galaxyKey, id, checksum } of batch) {
        survey.rows[survey.missing.get(galaxyKey)!] = store.find(galaxyKey, checksum)!
        if (checksum !== missing[done++]!.checksum) survey.changed.push({ galaxyKey, id, checksum })
      }
      report(done)
    }
    const isKept = (_: number, i: number) => survey.rows[i]! >= 0
    return {
      store,
      galaxyKeys: Int32Array.from(survey.galaxyKeys.filter(isKept)),
      rows: Int32Array.from(survey.rows.filter((row) => row >= 0)),
      changed: survey.changed,
    }
  } catch (error) {
    store.close()
    throw error
  }
}

/** `rows` of those that are not kept are -1; `missing` has their places by galaxy key. */
type Survey = { galaxyKeys: number[]; rows: number[]; missing: Map<number, number>; changed: ChangedImage[] }

async function findKept(store: FeatureStore, imported: Iterable<GalaxyImage>, isChecked: boolean, context: TaskContext): Promise<Survey> {
  const survey: Survey = { galaxyKeys: [], rows: [], missing: new Map(), changed: [] }
  const add = ({ galaxyKey, id }: GalaxyImage, importedChecksum: string, checksum: string) => {
    const row = store.find(galaxyKey, checksum)
    if (row === null) survey.missing.set(galaxyKey, survey.rows.length)
    else if (checksum !== importedChecksum) survey.changed.push({ galaxyKey, id, checksum })
    survey.galaxyKeys.push(galaxyKey)
    survey.rows.push(row ?? -1)
  }
  if (isChecked) for await (const { galaxy, checksum } of currentImages(store, imported, context)) add(galaxy, galaxy.checksum, checksum)
  else for (const galaxy of imported) add(galaxy, galaxy.checksum, galaxy.checksum)
  return survey
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
