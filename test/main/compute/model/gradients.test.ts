import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { createRandom } from '@shared/science/stats/random'
import { batchNorm, convolution, depthwise, reluConvolution, squeezeExcite, type Block } from '@main/compute/model/blocks'
import { assembleNetwork, type Design } from '@main/compute/model/build'
import { concentrations } from '@main/compute/model/head'
import { lossPerGalaxy } from '@main/compute/training/loss'
import { dropoutMask } from '@main/compute/training/masks'
import { useEngine } from '../use-engine'

beforeAll(useEngine)

/**
 * A step of 1e-2 takes a pixel over the corner of relu, which alone is an error of 3e-2; at 5e-3 none is there and 3e-3 is seen at most, at
 * 1e-3 rounding has grown to 8e-3.
 */
const STEP = 5e-3
/** Central differences of a float32 loss of about 10: rounding and curvature together. */
const TOLERANCE = 2e-2

const design: Design = {
  sizePx: 8,
  dropoutRate: 0.2,
  likelihood: 'dirichlet-multinomial',
  encoder: (builder, sizePx) => {
    const blocks: Block[] = [reluConvolution(builder, 'relu', { sizePx, channels: 1 }, 4, 'pool')]
    const follow = (block: Block) => blocks.push(block)
    follow(convolution(builder, 'conv', blocks.at(-1)!.shape, 6, 3, 2))
    follow(batchNorm(builder, 'norm', blocks.at(-1)!.shape, 'swish'))
    follow(depthwise(builder, 'depthwise', blocks.at(-1)!.shape, 3, 1))
    follow(squeezeExcite(builder, 'squeeze', blocks.at(-1)!.shape, 2))
    return {
      featureCount: 6,
      run: (images, pass) =>
        tf.mean(
          blocks.reduce((x, block) => block.run(x, pass), images),
          [1, 2],
        ),
    }
  },
}

describe('the loss of a whole network, dropout and batch statistics on', () => {
  const random = createRandom(11)
  const draw = (count: number) => Float32Array.from({ length: count }, () => random.next())

  test('its gradient along a random direction of each weight equals finite differences', () => {
    const network = assembleNetwork('w20-cnn-tree', design, { outputCount: 5, seed: 3 })
    const images = tf.tensor4d(draw(4 * 64), [4, 8, 8, 1])
    const votes = tf.tensor2d([3, 1, 1, 0, 5, 0, 0, 0, 0, 0, 9, 2, 0, 7.5, 1, 0, 12, 3, 4, 4], [4, 5])
    const mask = tf.tensor2d(dropoutMask(4 * 6, 0.2, createRandom(4)), [4, 6])
    const questions = [
      { start: 0, end: 3 },
      { start: 3, end: 5 },
    ]
    const loss = () => {
      const outputs = network.head(network.encode(images, 'train'), mask)
      return tf.mean(lossPerGalaxy('dirichlet-multinomial', outputs, votes, questions)) as tf.Scalar
    }
    const trainable = [...network.variables].filter(([, { trainable }]) => trainable)
    const { grads } = tf.variableGrads(
      loss,
      trainable.map(([, variable]) => variable),
    )
    for (const [name, variable] of trainable) {
      const start = variable.dataSync().slice()
      const direction = draw(start.length).map((u) => 2 * u - 1)
      const length = Math.sqrt(direction.reduce((sum, d) => sum + d * d, 0))
      const along = (step: number) => {
        variable.assign(
          tf.tensor(
            Float32Array.from(start, (w, i) => w + (step * direction[i]!) / length),
            variable.shape,
          ),
        )
        return loss().dataSync()[0]!
      }
      const stepLength = STEP
      const numeric = (along(stepLength) - along(-stepLength)) / (2 * stepLength)
      variable.assign(tf.tensor(start, variable.shape))
      const gradient = grads[variable.name]!.dataSync<'float32'>()
      const analytic = gradient.reduce((sum, g, i) => sum + (g * direction[i]!) / length, 0)
      const size = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0))
      expect(Math.abs(analytic - numeric), name).toBeLessThan(TOLERANCE * Math.max(size, 0.1))
    }
    network.dispose()
  })
})

describe('concentrations', () => {
  test('are 1 + 100 sigmoid(x), with its gradient between -6 and 6', () => {
    const x = [-6, -2, 0, 1, 5.9]
    const slope = tf
      .grad((logits) => tf.sum(concentrations(logits)))(tf.tensor1d(x))
      .dataSync()
    concentrations(tf.tensor1d(x))
      .dataSync()
      .forEach((a, i) => {
        const s = 1 / (1 + Math.exp(-x[i]!))
        expect(a).toBeCloseTo(1 + 100 * s, 4)
        expect(slope[i]! / (100 * s * (1 - s))).toBeCloseTo(1, i === 0 ? 1 : 4)
      })
  })

  test('a logit of -50 is brought back by a gradient that points inwards, and not pushed further out', () => {
    const pull = (x: number, sign: number) =>
      tf
        .grad((logits) => tf.sum(tf.mul(concentrations(logits), sign)))(tf.tensor1d([x]))
        .dataSync()[0]!
    expect(pull(-50, -1)).toBeLessThan(-0.2)
    expect(pull(-50, 1)).toBeCloseTo(0)
    expect(pull(50, 1)).toBeGreaterThan(0.2)
    expect(pull(50, -1)).toBeCloseTo(0)
    for (const a of concentrations(tf.tensor1d([-1000, 1000])).dataSync()) expect(a > 1 && a < 101).toBe(true)
  })
})
