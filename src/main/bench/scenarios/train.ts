import * as tf from '@tensorflow/tfjs-core'
import { createRandom } from '@shared/science/stats/random'
import { answerNames, questionRanges } from '@shared/science/tree/decision-tree'
import { buildNetwork } from '@main/compute/model/build'
import { createAdam } from '@main/compute/training/adam'
import { storedSidePx } from '@main/compute/training/augment'
import type { FeatureSource } from '@main/compute/training/inputs'
import { lossPerGalaxy } from '@main/compute/training/loss'
import { trainingStep } from '@main/compute/training/step'
import type { TrainingData, TrainingOptions } from '@main/compute/training/training-data'
import type { SideSettings } from '../protocol'
import { drawSurvey } from './expert-weight/survey'
import type { Prepared } from './index'
import { drawVotes, startBenchEngine, writeArrays, writeNetwork } from './support'
import { SEED, surveyTree } from './support-tree'

/** Over fewer values than this a batch norm's statistics make the losses jump with the last digit of an image. */
const STEADY_VALUES = 16
/** The last batch norms see the image 32 times smaller. The peer decides alike. */
const isSteady = (batch: number, sizePx: number) => batch * Math.ceil(sizePx / 32) ** 2 >= STEADY_VALUES

/** Steps of the optimiser on one batch that stays on the device: views are made elsewhere, in ours as in the peer's. */
export async function prepareTrain({ engine: asked, folder, sizePx, batch }: SideSettings): Promise<Prepared> {
  const { engine, program } = await startBenchEngine(asked)
  const questions = questionRanges(surveyTree)
  const network = buildNetwork('efficientnet-b0', { outputCount: answerNames(surveyTree).length, sizePx, seed: SEED })
  const images_BHWC = Float32Array.from(
    drawSurvey(SEED, 0, batch, sizePx).flatMap(({ image }) => [...image]),
    (byte) => byte / 255,
  )
  const votes_BA = drawVotes(surveyTree, batch)
  writeArrays(folder, 'batch', {
    images: { shape: [batch, sizePx, sizePx], values: images_BHWC },
    votes: { shape: [batch, network.outputCount], values: votes_BA },
  })
  const parameters = await writeNetwork(folder, network, surveyTree)

  const images = tf.tensor4d(images_BHWC, [batch, sizePx, sizePx, 1])
  const values = tf.tidy(() => {
    const outputs_BA = network.head(network.encode(images, isSteady(batch, sizePx) ? 'train' : 'predict'), null)
    const votes = tf.tensor2d(votes_BA, [batch, network.outputCount])
    return [...lossPerGalaxy(network.likelihood, outputs_BA, votes, questions).dataSync()]
  })

  const trainable = new Map([...network.variables].filter(([, variable]) => variable.trainable))
  const source: FeatureSource = {
    train: (_, epoch, step) => network.encode(images, 'train', createRandom(SEED, 'depth', epoch, step)),
    centred: () => network.encode(images, 'predict'),
  }
  const rows = Array.from({ length: batch }, (_, i) => i)
  const data: TrainingData = {
    storedSizePx: storedSidePx('w21', sizePx),
    image: () => new Uint8Array(),
    votes_NA: votes_BA,
    names: rows.map(String),
    trainIndices: rows,
    validationIndices: [],
  }
  const options: TrainingOptions = {
    ...{ seed: SEED, batch, epochs: 1, learningRate: 1e-3, patience: 10, clipNorm: 5 },
    ...{ train: 'all', augmentation: 'w21', questions },
  }
  const adam = createAdam(trainable, options.learningRate)
  let step = 0
  return {
    about: { engine, program, unit: 'step', values, parameters, notes: [`${sizePx} px, batch ${batch}`] },
    round: async () => void (await trainingStep({ network, trainable, adam, source, data, options }, rows, 0, step++)),
  }
}
