import { join } from 'node:path'
import type { GalaxyImage } from '@main/catalogue/views'
import type { ChangedImage } from '../protocol'
import { AppError } from '@shared/science/errors'
import { openEncoder, type EncoderChoice, type FeatureEncoder } from '../predict/encoder'
import { countOf } from './catalogue-walk'
import { progressOf, throwIfCancelled, type TaskContext } from './context'
import { currentImages } from './current-images'
import { decodeBatches } from './decode'
import { openFeatureStore, type FeaturePrecision, type FeatureStore } from './feature-store'
import { isFinitePart } from './feature-rows'
import type { OpenModel } from './model-folder'
import { viewDrawer, type ViewPlan } from './view-batch'

/** The galaxies of a survey by their keys, with the row that each one's features have in the store. */
export type KeptGalaxies = { galaxyKeys: Int32Array; rows: Int32Array }

/**
 * `changed` are the galaxies whose image is another than the catalogue says, with the checksums of those that were used. `encoder`: what made
 * the features that were not kept yet, and why it was not a faster one; null when all were kept.
 */
export type KeptFeatures = KeptGalaxies & { store: FeatureStore; changed: ChangedImage[]; encoder: EncoderUsed | null }
export type EncoderUsed = Pick<FeatureEncoder, 'name' | 'note'>

/**
 * With `isChecked` an image whose file was touched since its features were made counts as kept only if it still is the same image; without it
 * no file is looked at whose features are kept. `precision` of a new store: by the size of the survey where it is left out. `syncEveryMs`: as
 * long at most, features are not on the disk yet.
 */
export type FeaturePlan = ViewPlan & { isChecked: boolean; precision?: FeaturePrecision; encoder?: EncoderChoice; syncEveryMs?: number }

/** Above this size of a store, features are kept in half precision: 170,000 galaxies with 5 views of 1,280 features. */
const FLOAT32_BYTES = 4 * 2 ** 30

/**
 * The features of these galaxies under a model: those that are not kept yet are made, in order, and kept. `imported` is walked through twice
 * or three times and never held: an array, or a query that starts anew each time; a galaxy that is not there the last time is left out. The
 * caller closes the store. Throws `predict/not-finite`, `image/unreadable`, `features/in-use`, `features/too-large`.
 */
export async function keepFeatures(
  projectPath: string,
  model: OpenModel,
  imported: Iterable<GalaxyImage>,
  plan: FeaturePlan,
  context: TaskContext,
): Promise<KeptFeatures> {
  const { card, network } = model
  const { views, seed, isChecked } = plan
  const folder = join(projectPath, 'features', card.id)
  const rowBytes = 4 * views * network.featureCount
  const key = { weightsSha256: card.weightsSha256, views, viewSeed: seed, featureCount: network.featureCount }
  const store = openFeatureStore(folder, key, {
    precision: plan.precision,
    precisionOfNew: () => (countOf(imported) * rowBytes > FLOAT32_BYTES ? 'float16' : 'float32'),
    syncEveryMs: plan.syncEveryMs,
  })
  try {
    const survey = await findKept(store, imported, isChecked, context)
    const encoder = survey.missing.size === 0 ? null : await makeMissing(model, store, imported, survey, plan, context)
    const isKept = (_: number, i: number) => survey.rows[i]! >= 0
    return {
      store,
      galaxyKeys: Int32Array.from(survey.galaxyKeys.filter(isKept)),
      rows: Int32Array.from(survey.rows.filter(isKept)),
      changed: survey.changed,
      encoder,
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

/** Makes the features of those that are missing, in order, and puts their rows into `survey`. */
async function makeMissing(
  { card, network, folder }: OpenModel,
  store: FeatureStore,
  imported: Iterable<GalaxyImage>,
  survey: Survey,
  { views, seed, encoder: choice }: FeaturePlan,
  context: TaskContext,
): Promise<EncoderUsed> {
  const { missing, rows, changed } = survey
  const source = { network, folder, weightsSha256: card.weightsSha256 }
  const encoder = await openEncoder(source, context.engine.engine, choice)
  try {
    const report = progressOf(context, 'looking at galaxies', missing.size)
    const drawer = viewDrawer(card.network, network.sizePx, { views, seed })
    const checksums = new Map<number, string>()
    const toMake = filtered(
      imported,
      ({ galaxyKey, checksum }) => missing.has(galaxyKey) && checksums.set(galaxyKey, checksum) !== undefined,
    )
    let done = 0
    for await (const batch of decodeBatches(toMake, drawer.storedPx, Math.max(1, Math.round(encoder.rowsAtOnce / views)))) {
      throwIfCancelled(context.signal)
      const features_BVF = await encodeAll(encoder, drawer.draw(batch), batch.length * views, network.featureCount)
      refuseNotFinite(features_BVF, batch, views)
      store.append(batch, features_BVF, encoder.name)
      for (const { galaxyKey, id, checksum } of batch) {
        rows[missing.get(galaxyKey)!] = store.find(galaxyKey, checksum)!
        if (checksum !== checksums.get(galaxyKey)) changed.push({ galaxyKey, id, checksum })
        checksums.delete(galaxyKey)
      }
      done += batch.length
      report(done)
    }
    return { name: encoder.name, note: encoder.note }
  } finally {
    await encoder.close()
  }
}

/** Features [rows, F] of images [rows, size, size], no more at a time than the encoder likes: many views of one galaxy go in parts. */
async function encodeAll(encoder: FeatureEncoder, images: Float32Array, rows: number, featureCount: number): Promise<Float32Array> {
  const parts = Math.ceil(rows / (2 * encoder.rowsAtOnce))
  if (parts === 1) return encoder.encode(images, rows)
  const out = new Float32Array(rows * featureCount)
  const perPart = Math.ceil(rows / parts)
  const imageLength = images.length / rows
  for (let start = 0; start < rows; start += perPart) {
    const end = Math.min(start + perPart, rows)
    out.set(await encoder.encode(images.subarray(start * imageLength, end * imageLength), end - start), start * featureCount)
  }
  return out
}

function* filtered<T>(items: Iterable<T>, isWanted: (item: T) => boolean): Generator<T> {
  for (const item of items) if (isWanted(item)) yield item
}

function refuseNotFinite(features_BVF: Float32Array, galaxies: readonly GalaxyImage[], views: number): void {
  const rowLength = features_BVF.length / galaxies.length
  const bad = galaxies.filter((_, i) => !isFinitePart(features_BVF, i * rowLength, (i + 1) * rowLength))
  if (bad.length === 0) return
  const ids = bad.map(({ id }) => id)
  throw new AppError(
    'predict/not-finite',
    `The network gives features that are not finite for ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''} (${views} views each). Nothing of this batch was kept. Train again, or use another engine.`,
  )
}
