import { join } from 'node:path'
import type { Neighbours } from '@shared/contract/beside'
import { nearest, unitVector } from '@shared/science/similarity/nearest'
import { projectFolder, type ReadableDb } from '@main/catalogue/database'
import { latestModel } from '@main/catalogue/models'
import { createFeatureReader, type FeatureReader, type WantedFeatures } from '@main/compute/tasks/feature-reader'
import type { Standing } from '@main/search/standing'
import { pendingVisits } from './hidden'
import type { OwnLabel, OwnLabels } from './own-labels'

/** How many are shown. */
const COUNT = 6
/** The latest labels that are compared: 51 MB of 1,280 features. */
const MOST_COMPARED = 10_000

/** The directions of features by galaxy, null for one without; all of one state of one model's predictions, `stamp`. */
type Kept = { readonly stamp: string; readonly reader: FeatureReader; readonly unit_G: Map<number, Float32Array | null> }

/**
 * Tells which galaxies that this annotator labelled are most like one, see [Note: Similarity], by the kept features of the latest model. Nothing that
 * other annotators said is in it, so that double labelling stays blind, and nothing of a galaxy that is to come back to this one unannounced. Only once
 * the model has predicted the survey: features of a few galaxies alone would tell which those are. In memory are the features of labelled galaxies
 * only; those that were labelled since are read with the next question.
 */
export function createNeighbours(
  db: ReadableDb,
  standing: () => Standing,
  labelsOf: (annotator: string, standing: Standing) => OwnLabels,
): (galaxyKey: number, annotator: string) => Promise<Neighbours> {
  let kept: Kept | null = null
  let last: Promise<unknown> = Promise.resolve()

  function keptOf(modelId: string, weightsSha256: string, stamp: string): Kept {
    if (kept?.stamp !== stamp) {
      const reader = createFeatureReader(join(projectFolder(db), 'features', modelId), weightsSha256)
      kept = { stamp, reader, unit_G: new Map() }
    }
    return kept
  }

  /** Reads the features of those galaxies that are not kept yet. */
  async function readMissing({ reader, unit_G }: Kept, galaxyKeys: readonly number[]): Promise<void> {
    if (unit_G.size > 2 * MOST_COMPARED) unit_G.clear()
    const missing = galaxyKeys.filter((key) => !unit_G.has(key))
    if (missing.length === 0) return
    const wanted = imagesOf(db, missing)
    const isThere = await reader.read(wanted, (i, features_F) => unit_G.set(wanted[i]!.galaxyKey, features_F && unitVector(features_F)))
    // Of no image. Where the store is not there, or could not be read, it is asked again the next time.
    if (isThere) for (const key of missing) if (!unit_G.has(key)) unit_G.set(key, null)
  }

  async function find(galaxyKey: number, annotator: string): Promise<Neighbours> {
    const model = latestModel(db)
    const none = (reason: Extract<Neighbours, { kind: 'none' }>['reason']): Neighbours => ({
      kind: 'none',
      reason,
      modelId: model?.id ?? null,
    })
    if (model === null) return none('no-model')
    const now = standing()
    const predicted = now.models.find(({ id }) => id === model.id)
    if (predicted === undefined) return none('not-predicted')
    const labels = labelsOf(annotator, now)
    const labelled = comparedKeys(labels, galaxyKey, pendingVisits(db, annotator))
    if (labelled.length === 0) return none('no-labels')
    const features = keptOf(model.id, model.weightsSha256, `${now.rows.count} ${model.weightsSha256} ${predicted.stamp}`)
    await readMissing(features, [galaxyKey, ...labelled])
    const unit_F = features.unit_G.get(galaxyKey)
    if (!unit_F) return none('no-features')
    const others = labelled.flatMap((key) => {
      const other_F = features.unit_G.get(key)
      return other_F ? [{ key, unit_F: other_F }] : []
    })
    const found = nearest({ key: galaxyKey, unit_F }, others, COUNT)
    if (found.length === 0) return none('no-features')
    const idOf = db.prepare<[number], string>('SELECT id FROM galaxies WHERE galaxy_key = ?').pluck()
    return {
      kind: 'found',
      modelId: model.id,
      neighbours: found.map(({ key, similarity }) => {
        const { answers, cannotTell } = labels.byKey.get(key)!
        return { galaxyKey: key, id: idOf.get(key)!, similarity, answers, cannotTell }
      }),
    }
  }

  // One after another: what one question reads, the next one finds.
  return (galaxyKey, annotator) => {
    const found = last.then(() => find(galaxyKey, annotator))
    last = found.catch(() => undefined)
    return found
  }
}

/** The galaxies that the annotator said something of, the latest of them, without this one and those that are still `pending`. */
function comparedKeys({ byKey }: OwnLabels, galaxyKey: number, pending: ReadonlySet<number>): number[] {
  const isCompared = ([key, { answers, cannotTell }]: [number, OwnLabel]) =>
    key !== galaxyKey && !pending.has(key) && answers.length + cannotTell.length > 0
  const labelled = [...byKey].filter(isCompared)
  if (labelled.length > MOST_COMPARED) labelled.sort(([, a], [, b]) => b.sequence - a.sequence)
  return labelled.slice(0, MOST_COMPARED).map(([key]) => key)
}

/** Those of the galaxies that have an image, with its checksum. */
function imagesOf(db: ReadableDb, galaxyKeys: readonly number[]): WantedFeatures[] {
  return db
    .prepare<[string], WantedFeatures>(
      'SELECT galaxy_key AS galaxyKey, checksum FROM views WHERE view = 1 AND galaxy_key IN (SELECT value FROM json_each(?))',
    )
    .all(JSON.stringify(galaxyKeys))
}
