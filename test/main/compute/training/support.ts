import * as tf from '@tensorflow/tfjs-core'
import type { Pass } from '@main/compute/model/builder'
import { createRandom } from '@shared/science/stats/random'
import { batchNorm, convolution, reluConvolution } from '@main/compute/model/blocks'
import { assembleNetwork, type Design } from '@main/compute/model/build'
import type { Network } from '@main/compute/model/network'
import type { TrainingData, TrainingOptions } from '@main/compute/training/training-data'

const tinyDesign: Design = {
  sizePx: 8,
  dropoutRate: 0.2,
  likelihood: 'dirichlet-multinomial',
  encoder: (builder, sizePx) => {
    const first = reluConvolution(builder, 'conv1', { sizePx, channels: 1 }, 4, 'pool1')
    const second = convolution(builder, 'conv2', first.shape, 8, 3, 1)
    const norm = batchNorm(builder, 'norm', second.shape, 'swish')
    const run = (x: tf.Tensor4D, pass: Pass) => [first, second, norm].reduce((inner, block) => block.run(inner, pass), x)
    return { featureCount: 8, run: (images, pass) => tf.mean(run(images, pass), [1, 2]) }
  },
}

/** The blocks of both networks, small enough for the cpu engine: 8 px, 8 features, 2 answers. */
export function tinyNetwork(overrides: Partial<Design> = {}, seed = 1): Network {
  return assembleNetwork('w20-cnn-tree', { ...tinyDesign, ...overrides }, { outputCount: 2, seed })
}

/**
 * A task that any network can learn: dark or bright images, 10 votes that say which. Three quarters to train on.
 * `votes_NA` columns: dark, bright.
 */
export function brightOrDark(count: number, storedSizePx = 10): TrainingData {
  const random = createRandom(7, 'bright-or-dark')
  const isBright = Array.from({ length: count }, (_, i) => i % 2 === 1)
  const images = isBright.map((bright) =>
    Uint8Array.from({ length: storedSizePx * storedSizePx }, () => (bright ? 170 : 50) + Math.floor(30 * random.next())),
  )
  const trainCount = Math.floor(count * 0.75)
  const rows = [...images.keys()]
  return {
    storedSizePx,
    image: (index) => images[index]!,
    votes_NA: Float32Array.from(isBright.flatMap((bright) => (bright ? [0, 10] : [10, 0]))),
    names: rows.map((row) => `galaxy-${row}`),
    trainIndices: rows.slice(0, trainCount),
    validationIndices: rows.slice(trainCount),
  }
}

export function trainingOptions(overrides: Partial<TrainingOptions> = {}): TrainingOptions {
  return {
    seed: 1,
    batch: 8,
    epochs: 3,
    learningRate: 1e-3,
    patience: 10,
    clipNorm: 5,
    train: 'all',
    augmentation: 'w20',
    questions: [{ start: 0, end: 2 }],
    ...overrides,
  }
}
