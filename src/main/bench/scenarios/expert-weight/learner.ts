import * as tf from '@tensorflow/tfjs-core'
import { buildNetwork } from '@main/compute/model/build'
import type { Network } from '@main/compute/model/network'
import { glorotUniform } from '@main/compute/model/initialise'
import { defaultRecipe } from '@main/compute/model/recipes'
import { isHeadWeight } from '@main/compute/model/summary'
import { assignWeights, copyWeights } from '@main/compute/model/weights'
import { createAdam } from '@main/compute/training/adam'
import { storedSidePx } from '@main/compute/training/augment'
import { evaluate } from '@main/compute/training/evaluate'
import { startAsConstant } from '@main/compute/training/initial-bias'
import { keptFeatureSource, type FeatureSource } from '@main/compute/training/inputs'
import { trainingStep } from '@main/compute/training/step'
import { trainNetwork } from '@main/compute/training/trainer'
import { evenBatches, type TrainingData, type TrainingOptions } from '@main/compute/training/training-data'
import { createRandom } from '@shared/science/stats/random'
import { answerNames } from '@shared/science/tree/decision-tree'
import { drawSurvey, faithful, ranges, tree, volunteersOf, type Simulated } from './survey'

const SIZE_PX = 64
export const storedPx = storedSidePx('w20', SIZE_PX)
const VALIDATION_SHARE = 0.1
const ENCODER = { seed: 4711, galaxies: 800, epochs: 24 }
/** Fewer, longer steps than a user's: on kept features a head learns the same with them, in a third of the time. */
const HEAD = { batch: 64, epochs: 60, learningRate: 3e-3 }

/** Votes [N, A] and weights [N, Q] of galaxies, flat. */
export type Labels = { votes_NA: Float32Array; weights_NQ: Float32Array }

function optionsOf(seed: number, epochs: number): TrainingOptions {
  const recipe = defaultRecipe('tensorflow', 'w20-cnn-tree', ENCODER.galaxies, { sizePx: SIZE_PX, epochs })
  return { ...recipe, seed, train: 'all', questions: ranges }
}

/** Rows for training, and the tenth of them that says when to stop. */
export function dataOf(
  galaxies: readonly Simulated[],
  labels: Labels,
  seed: number,
  rows: Iterable<number> = galaxies.keys(),
): TrainingData {
  const shuffled = createRandom(seed, 'validation').shuffle(rows)
  const validation = Math.round(shuffled.length * VALIDATION_SHARE)
  return {
    storedSizePx: storedPx,
    image: (i) => galaxies[i]!.image,
    ...labels,
    names: galaxies.map(({ id }) => id),
    trainIndices: shuffled.slice(validation),
    validationIndices: shuffled.slice(0, validation),
  }
}

/** A network whose encoder was trained on the votes of other galaxies than all that follow. */
export async function trainedNetwork(onProgress: (text: string) => void): Promise<Network> {
  const network = buildNetwork('w20-cnn-tree', { outputCount: answerNames(tree).length, sizePx: SIZE_PX, seed: ENCODER.seed })
  const galaxies = drawSurvey(ENCODER.seed, 0, ENCODER.galaxies, storedPx)
  const votes_NA = Float32Array.from(volunteersOf(galaxies, faithful, ENCODER.seed).flat())
  const data = dataOf(galaxies, { votes_NA, weights_NQ: new Float32Array(galaxies.length * ranges.length).fill(1) }, ENCODER.seed)
  startAsConstant(network, data, ranges)
  const options = optionsOf(ENCODER.seed, ENCODER.epochs)
  await trainNetwork(network, data, options, {
    onProgress: ({ lossPoint }) => {
      if (lossPoint) onProgress(`encoder, epoch ${lossPoint.epoch}: validation ${lossPoint.validationLoss?.toFixed(2)} nats`)
    },
  })
  return network
}

/** The features of a survey, made once: the labels of the galaxies change, their images do not. */
export function featuresOf(network: Network, galaxies: readonly Simulated[], seed: number, forTraining: boolean): Promise<FeatureSource> {
  const all = [...galaxies.keys()]
  const none: Labels = { votes_NA: new Float32Array(0), weights_NQ: new Float32Array(0) }
  const rows = forTraining ? { trainIndices: all, validationIndices: [] } : { trainIndices: [], validationIndices: all }
  return keptFeatureSource(network, { ...dataOf(galaxies, none, seed), ...rows }, optionsOf(seed, 1), () => undefined)
}

/** Trains a new head, the encoder left alone, and leaves the network with the weights of its best epoch. The same seed starts the same head. */
export async function trainHead(network: Network, source: FeatureSource, data: TrainingData, seed: number): Promise<{ bestEpoch: number }> {
  const options = { ...optionsOf(seed, HEAD.epochs), ...HEAD, train: 'head' as const }
  const trainable = new Map([...network.variables].filter(([name]) => isHeadWeight(name)))
  resetHead(network, trainable, seed)
  startAsConstant(network, data, ranges)
  const adam = createAdam(trainable, options.learningRate)
  let best = { epoch: -1, loss: Infinity, weights: await copyWeights(network) }
  try {
    for (let epoch = 0; epoch < options.epochs && epoch - best.epoch <= options.patience; epoch++) {
      const batches = evenBatches(createRandom(seed, 'order', epoch).shuffle(Array.from(data.trainIndices)), options.batch)
      for (const [step, rows] of batches.entries())
        await trainingStep({ network, trainable, adam, source, data, options }, rows, epoch, step)
      const { loss_N } = await evaluate(network, source, data, options, Array.from(data.validationIndices), () => undefined)
      const loss = loss_N.reduce((sum, value) => sum + value, 0) / loss_N.length
      if (loss < best.loss) best = { epoch, loss, weights: await copyWeights(network) }
    }
  } finally {
    adam.dispose()
  }
  assignWeights(network, best.weights)
  return { bestEpoch: best.epoch + 1 }
}

/** As drawn for a new network; the bias is set afterwards. */
function resetHead(network: Network, head: ReadonlyMap<string, tf.Variable>, seed: number): void {
  const random = createRandom(seed, 'head')
  const draw = glorotUniform(network.featureCount, network.outputCount)
  for (const variable of head.values()) tf.tidy(() => variable.assign(tf.tensor(draw(variable.size, random), variable.shape)))
}

/** The outputs [N, A] for the centred views, dropout off. */
export function predict(network: Network, source: FeatureSource, count: number): Float32Array {
  return tf.tidy(() => network.head(source.centred(Array.from({ length: count }, (_, i) => i)), null).dataSync() as Float32Array)
}
