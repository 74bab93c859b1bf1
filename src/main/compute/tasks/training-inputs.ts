/** @file What a network is trained on: the labels of a training set with its images, or with features that are kept. */
import { join } from 'node:path'
import { createRandom } from '@shared/science/stats/random'
import type { GalaxyImage } from '@main/catalogue/views'
import type { Recipe } from '../model/recipes'
import { storedSidePx } from '../training/augment'
import { viewsWithin } from '../training/kept-features'
import type { TrainingData } from '../training/training-data'
import type { TaskContext } from './context'
import { keptViewPlan, type FeatureStore } from './feature-store'
import { keepFeatures } from './features'
import { cachedImages } from './image-cache'
import type { OpenModel } from './model-folder'
import type { TrainingSet } from './training-set'

/** Of the labelled galaxies, those that only say when to stop. Below this many there are none: too few would stop it by chance. */
const VALIDATION_SHARE = 0.1
const LEAST_VALIDATION = 10
/** Of features that are made for a training of the head alone; as many as a prediction makes, which then finds them. */
const DEFAULT_VIEWS = 5
const ROWS_AT_ONCE = 512

/** Votes, weights, names, and who trains and who only says when to stop. */
export function labelsOf(set: TrainingSet, seed: number): Omit<TrainingData, 'image' | 'storedSizePx' | 'kept'> {
  const shuffled = createRandom(seed, 'validation').shuffle(set.ids.keys())
  const count = Math.round(set.ids.length * VALIDATION_SHARE)
  const validation = count < LEAST_VALIDATION ? [] : shuffled.slice(0, count)
  const isValidation = new Set(validation)
  return {
    votes_NA: Float32Array.from(set.votes_NA),
    ...(set.weights_NQ.every((weight) => weight === 1) ? {} : { weights_NQ: Float32Array.from(set.weights_NQ) }),
    names: set.ids,
    trainIndices: shuffled.filter((index) => !isValidation.has(index)),
    validationIndices: validation,
  }
}

type Inputs = Pick<TrainingData, 'image' | 'storedSizePx' | 'kept'> & { close: () => void }

/** The images, decoded once per project: see [Note: The image cache]. */
export async function imageInputs(projectPath: string, set: TrainingSet, recipe: Recipe, context: TaskContext): Promise<Inputs> {
  const storedSizePx = storedSidePx(recipe.augmentation, recipe.sizePx)
  const { image, close } = await cachedImages(projectPath, galaxiesOf(set), storedSizePx, context)
  return { storedSizePx, image, close }
}

/**
 * The features of the galaxies under the model whose encoder is taken over: those that a prediction has kept, in the views that it drew; what
 * is missing is made and kept. The first view says how good the network is; where only one was drawn, that is the centred one.
 */
export async function keptInputs(
  projectPath: string,
  parent: OpenModel,
  set: TrainingSet,
  seed: number,
  context: TaskContext,
): Promise<Inputs> {
  const plan = keptViewPlan(join(projectPath, 'features', parent.card.id)) ?? { views: DEFAULT_VIEWS, seed }
  const { store, rows } = await keepFeatures(projectPath, parent, galaxiesOf(set), { ...plan, isChecked: true }, context)
  try {
    const { featureCount } = parent.network
    const views = Math.min(plan.views, viewsWithin(rows.length, featureCount))
    const features_NVF = readViews(store, rows, plan.views, views, featureCount)
    const at = (index: number, view: number) => (index * views + view) * featureCount
    const of = (index: number, view: number) => features_NVF.subarray(at(index, view), at(index, view) + featureCount)
    const image = () => {
      throw new Error('a training on kept features asked for an image')
    }
    return { storedSizePx: 0, image, kept: { trainingViews: views, of, checkedView: 0 }, close: () => undefined }
  } finally {
    store.close()
  }
}

/** The first `wanted` of the `kept` views of each galaxy, [N, wanted, F]. */
function readViews(store: FeatureStore, rows: Int32Array, kept: number, wanted: number, featureCount: number): Float32Array {
  const features_NVF = new Float32Array(rows.length * wanted * featureCount)
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const part = store.read(Array.from(rows.subarray(start, start + ROWS_AT_ONCE)))
    const count = part.length / (kept * featureCount)
    for (let i = 0; i < count; i++) {
      const ofGalaxy = part.subarray(i * kept * featureCount, (i * kept + wanted) * featureCount)
      features_NVF.set(ofGalaxy, (start + i) * wanted * featureCount)
    }
  }
  return features_NVF
}

function galaxiesOf(set: TrainingSet): GalaxyImage[] {
  return set.ids.map((id, i) => ({ galaxyKey: set.galaxyKeys[i]!, id, path: set.imagePaths[i]!, checksum: set.checksums[i]! }))
}
