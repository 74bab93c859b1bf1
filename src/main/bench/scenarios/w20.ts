import * as tf from '@tensorflow/tfjs-core'
import { buildNetwork } from '@main/compute/model/build'
import { defaultRecipe } from '@main/compute/model/recipes'
import { assignWeights, copyWeights } from '@main/compute/model/weights'
import { centredTransform, sampleView, storedSidePx } from '@main/compute/training/augment'
import { lossPerGalaxy } from '@main/compute/training/loss'
import { trainNetwork } from '@main/compute/training/trainer'
import type { TrainingData, TrainingOptions } from '@main/compute/training/training-data'
import { answerNames } from '@shared/science/tree/decision-tree'
import type { SideSettings } from '../protocol'
import { drawSurvey, faithful, ranges, tree, volunteersOf } from './expert-weight/survey'
import type { Prepared } from './index'
import { startBenchEngine, writeArrays, writeNetwork } from './support'
import { SEED } from './support-tree'

const CHECKED = 16

/** Whole trainings from the same start, as `galaxy-desk train` does them. */
export async function prepareW20({ engine: asked, folder, sizePx, galaxies: count, epochs, batch }: SideSettings): Promise<Prepared> {
  const { engine, program } = await startBenchEngine(asked)
  const storedSizePx = storedSidePx('w20', sizePx)
  const galaxies = drawSurvey(SEED, 0, count, storedSizePx)
  const votes_NA = Float32Array.from(volunteersOf(galaxies, faithful, SEED).flat())
  const network = buildNetwork('w20-cnn-tree', { outputCount: answerNames(tree).length, sizePx, seed: SEED })
  const start = await copyWeights(network)

  const checked = Math.min(CHECKED, count)
  const views = new Float32Array(checked * sizePx * sizePx)
  const centred = centredTransform('w20', storedSizePx, sizePx)
  for (let i = 0; i < checked; i++) sampleView(galaxies[i]!.image, storedSizePx, sizePx, centred, views, i * sizePx * sizePx)
  const width = network.outputCount
  const values = tf.tidy(() => {
    const outputs = network.head(network.encode(tf.tensor4d(views, [checked, sizePx, sizePx, 1]), 'predict'), null)
    const votes = tf.tensor2d(votes_NA.subarray(0, checked * width), [checked, width])
    return [...lossPerGalaxy(network.likelihood, outputs, votes, ranges).dataSync()]
  })
  writeArrays(folder, 'survey', {
    checked: { shape: [checked, sizePx, sizePx], values: views },
    images: {
      shape: [count, storedSizePx, storedSizePx],
      values: Float32Array.from(galaxies.flatMap(({ image }) => [...image])),
    },
    votes: { shape: [count, width], values: votes_NA },
  })

  const data: TrainingData = {
    storedSizePx,
    image: (i) => galaxies[i]!.image,
    votes_NA,
    names: galaxies.map(({ id }) => id),
    trainIndices: galaxies.map((_, i) => i),
    // Nothing stops it early, so that it is as long every time.
    validationIndices: [],
  }
  const recipe = defaultRecipe(engine, 'w20-cnn-tree', count, { sizePx, epochs, batch })
  const options: TrainingOptions = { ...recipe, seed: SEED, train: 'all', questions: ranges }
  return {
    about: {
      engine,
      program,
      unit: 'training',
      values,
      parameters: await writeNetwork(folder, network, tree),
      notes: [`${count} galaxies of ${sizePx} px, ${epochs} epochs, batch ${recipe.batch}`],
    },
    round: async () => {
      assignWeights(network, start)
      await trainNetwork(network, data, options)
      return undefined
    },
  }
}
