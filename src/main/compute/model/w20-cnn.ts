/**
 * The network of Walmsley et al. 2020 (arXiv 1905.07424), a cut-down VGG16 without batch norm: 1,335,394 parameters at 128 px with two
 * outputs. Smaller images only shorten its one large dense layer: 548,962 at 64 px.
 */
import * as tf from '@tensorflow/tfjs-core'
import { AppError } from '@shared/science/errors'
import { dense, reluConvolution, runBlocks, type Block } from './blocks'
import type { Builder } from './builder'
import type { Encoder } from './encoder'

const FEATURES = 128
const POOLINGS = 4

/** `sizePx` must be a multiple of 16: the image is halved four times. */
export function w20Cnn(builder: Builder, sizePx: number): Encoder {
  const multiplePx = 2 ** POOLINGS
  if (sizePx % multiplePx !== 0) {
    const fitsPx = Math.max(multiplePx, Math.round(sizePx / multiplePx) * multiplePx)
    throw new AppError(
      'model/bad-size',
      `The w20-cnn network needs an image size that is a multiple of ${multiplePx} pixels, not ${sizePx}. Use --size ${fitsPx}.`,
    )
  }
  const plan: readonly [name: string, filters: number, pool: string | null][] = [
    ['conv1a', 32, null],
    ['conv1b', 32, 'pool1'],
    ['conv2a', 64, null],
    ['conv2b', 64, 'pool2'],
    ['conv3', 128, 'pool3'],
    ['conv4', 128, 'pool4'],
  ]
  let shape = { sizePx, channels: 1 }
  const blocks: Block[] = plan.map(([name, filters, pool]) => {
    const block = reluConvolution(builder, name, shape, filters, pool)
    shape = block.shape
    return block
  })
  const flat = shape.sizePx * shape.sizePx * shape.channels
  builder.row('flatten', [flat])
  const features = dense(builder, 'dense', flat, FEATURES, 'relu')
  return {
    featureCount: FEATURES,
    run: (images_BHWC, pass) => {
      const x = runBlocks(blocks, images_BHWC, pass)
      return features(tf.reshape(x, [-1, flat]))
    },
  }
}
