import * as tf from '@tensorflow/tfjs-core'
import { createRandom } from '@shared/science/stats/random'
import { answerNames, questionRanges } from '@shared/science/tree/decision-tree'
import { buildNetwork } from '@main/compute/model/build'
import { isHeadWeight } from '@main/compute/model/summary'
import { assignWeights, copyWeights } from '@main/compute/model/weights'
import { lossPerGalaxy } from '@main/compute/training/loss'
import { trainNetwork } from '@main/compute/training/trainer'
import type { TrainingData, TrainingOptions } from '@main/compute/training/training-data'
import type { SideSettings } from '../protocol'
import type { Prepared } from './index'
import { drawVotes, startBenchEngine, writeArrays, writeNetwork } from './support'
import { SEED, surveyTree } from './support-tree'

const CHECKED = 128

/** Whole trainings of the head, all from the same start, on features [N, 1280] in memory: `train --train head` after its features are read. */
export async function prepareHead({ engine: asked, folder, galaxies: count, epochs, batch }: SideSettings): Promise<Prepared> {
  const { engine, program } = await startBenchEngine(asked)
  const questions = questionRanges(surveyTree)
  // The encoder is never run: the smallest images make it in no time.
  const network = buildNetwork('efficientnet-b0', { outputCount: answerNames(surveyTree).length, sizePx: 32, seed: SEED })
  const { featureCount, outputCount } = network
  const random = createRandom(SEED, 'features')
  const features_NF = Float32Array.from({ length: count * featureCount }, () => random.next() * random.next())
  const votes_NA = drawVotes(surveyTree, count)
  writeArrays(folder, 'features', {
    features: { shape: [count, featureCount], values: features_NF },
    votes: { shape: [count, outputCount], values: votes_NA },
  })
  await writeNetwork(folder, network, surveyTree)
  const start = new Map([...(await copyWeights(network))].filter(([name]) => isHeadWeight(name)))

  const checked = Math.min(CHECKED, count)
  const values = tf.tidy(() => {
    const features_BF = tf.tensor2d(features_NF.subarray(0, checked * featureCount), [checked, featureCount])
    const votes_BA = tf.tensor2d(votes_NA.subarray(0, checked * outputCount), [checked, outputCount])
    return [...lossPerGalaxy(network.likelihood, network.head(features_BF, null), votes_BA, questions).dataSync()]
  })

  const all = Array.from({ length: count }, (_, i) => i)
  const data: TrainingData = {
    storedSizePx: 0,
    image: () => new Uint8Array(),
    kept: {
      trainingViews: 1,
      of: (index) => features_NF.subarray(index * featureCount, (index + 1) * featureCount),
      checkedView: 0,
    },
    votes_NA,
    names: all.map(String),
    trainIndices: all,
    // Nothing stops it early, so that it is as long every time.
    validationIndices: [],
  }
  const options: TrainingOptions = {
    ...{ seed: SEED, batch, epochs, learningRate: 1e-3, patience: epochs, clipNorm: 5 },
    ...{ train: 'head', augmentation: 'w21', questions },
  }
  return {
    about: { engine, program, unit: 'training', values, notes: [`${count} labels, ${epochs} epochs, batch ${batch}`] },
    round: async () => {
      assignWeights(network, start)
      await trainNetwork(network, data, options)
      return undefined
    },
  }
}
