import * as tf from '@tensorflow/tfjs-core'
import { createRandom } from '@shared/science/stats/random'
import { answerNames, questionRanges } from '@shared/science/tree/decision-tree'
import { buildNetwork } from '@main/compute/model/build'
import { isHeadWeight } from '@main/compute/model/summary'
import { assignWeights, copyWeights } from '@main/compute/model/weights'
import { createAdam } from '@main/compute/training/adam'
import type { FeatureSource } from '@main/compute/training/inputs'
import { lossPerGalaxy } from '@main/compute/training/loss'
import { trainingStep } from '@main/compute/training/step'
import { evenBatches, type TrainingData, type TrainingOptions } from '@main/compute/training/training-data'
import type { SideSettings } from '../protocol'
import type { Prepared } from './index'
import { drawVotes, startBenchEngine, writeArrays, writeNetwork } from './support'
import { SEED, surveyTree } from './support-tree'

const CHECKED = 128

/** Trainings of a new head, all from the same start, on features [N, 1280] in memory. */
export async function prepareHead({ engine, folder, galaxies: count, epochs, batch }: SideSettings): Promise<Prepared> {
  const { program } = await startBenchEngine(engine)
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
  const gather = (rows: readonly number[]) => {
    const features_BF = new Float32Array(rows.length * featureCount)
    rows.forEach((row, i) => features_BF.set(features_NF.subarray(row * featureCount, (row + 1) * featureCount), i * featureCount))
    return tf.tensor2d(features_BF, [rows.length, featureCount])
  }
  const all = Array.from({ length: count }, (_, i) => i)
  const checked = Math.min(CHECKED, count)
  const values = tf.tidy(() => {
    const outputs_BA = network.head(gather(all.slice(0, checked)), null)
    const votes = tf.tensor2d(votes_NA.subarray(0, checked * outputCount), [checked, outputCount])
    return [...lossPerGalaxy(network.likelihood, outputs_BA, votes, questions).dataSync()]
  })

  const trainable = new Map([...network.variables].filter(([name]) => isHeadWeight(name)))
  const source: FeatureSource = { train: gather, centred: gather }
  const data: TrainingData = {
    storedSizePx: 1,
    image: () => new Uint8Array(),
    votes_NA,
    names: all.map(String),
    trainIndices: all,
    validationIndices: [],
  }
  const options: TrainingOptions = {
    ...{ seed: SEED, batch, epochs, learningRate: 1e-3, patience: epochs, clipNorm: 5 },
    ...{ train: 'head', augmentation: 'w21', questions },
  }
  return {
    about: { program, unit: 'training', values, notes: [`${count} labels, ${epochs} epochs, batch ${batch}`] },
    round: async () => {
      assignWeights(network, start)
      const adam = createAdam(trainable, options.learningRate)
      try {
        for (let epoch = 0; epoch < epochs; epoch++) {
          const batches = evenBatches(createRandom(SEED, 'order', epoch).shuffle(all), batch)
          for (const [step, rows] of batches.entries())
            await trainingStep({ network, trainable, adam, source, data, options }, rows, epoch, step)
        }
      } finally {
        adam.dispose()
      }
      return undefined
    },
  }
}
