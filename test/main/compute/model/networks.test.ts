import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { createRandom } from '@shared/science/stats/random'
import { buildNetwork } from '@main/compute/model/build'
import { summarise } from '@main/compute/model/summary'
import { useEngine } from '../use-engine'

beforeAll(useEngine)

describe('parameter counts', () => {
  test('EfficientNet-B0 with 34 answers has 4,048,988 + 43,554 parameters, those of the published model', () => {
    const network = buildNetwork('efficientnet-b0', { outputCount: 34, seed: 1 })
    const summary = summarise(network)
    expect(summary).toMatchObject({ encoderParameters: 4_048_988, headParameters: 43_554, parameters: 4_092_542 })
    expect(summary.layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(4_092_542)
    const shapeOf = (name: string) => summary.layers.find((layer) => layer.name === name)?.outputShape
    expect(shapeOf('stem/conv')).toEqual([112, 112, 32])
    expect(shapeOf('block4c/add')).toEqual([14, 14, 80])
    expect(shapeOf('top/conv')).toEqual([7, 7, 1280])
    expect(shapeOf('head')).toEqual([34])
    network.dispose()
  })

  test('the W+20 network at 128 px has 1,335,394 parameters, layer for layer', () => {
    const network = buildNetwork('w20-cnn', { outputCount: 2, seed: 1 })
    const summary = summarise(network)
    expect(summary).toMatchObject({ encoderParameters: 1_335_136, headParameters: 258, parameters: 1_335_394 })
    expect(summary.layers.map(({ name, outputShape, parameters }) => [name, outputShape.join('x'), parameters])).toEqual([
      ['conv1a', '128x128x32', 320],
      ['conv1b', '128x128x32', 9248],
      ['pool1', '64x64x32', 0],
      ['conv2a', '64x64x64', 18496],
      ['conv2b', '64x64x64', 36928],
      ['pool2', '32x32x64', 0],
      ['conv3', '32x32x128', 73856],
      ['pool3', '16x16x128', 0],
      ['conv4', '16x16x128', 147584],
      ['pool4', '8x8x128', 0],
      ['flatten', '8192', 0],
      ['dense', '128', 1048704],
      ['dropout', '128', 0],
      ['head', '2', 258],
    ])
    network.dispose()
  })

  test('the W+20 network for a tree of 37 answers at 64 px has 128 features', () => {
    const network = buildNetwork('w20-cnn-tree', { outputCount: 37, sizePx: 64, seed: 1 })
    expect(summarise(network)).toMatchObject({ encoderParameters: 548_704, headParameters: 128 * 37 + 37 })
    expect(network.featureCount).toBe(128)
    network.dispose()
  })

  test('a size that cannot be halved four times is refused with one that can', () => {
    expect(() => buildNetwork('w20-cnn-tree', { outputCount: 3, sizePx: 60, seed: 1 })).toThrow(
      /multiple of 16 pixels, not 60. Use --size 64/,
    )
  })
})

describe('outputs', () => {
  const images = (sizePx: number) =>
    tf.tensor4d(
      Float32Array.from({ length: 2 * sizePx * sizePx }, (_, i) => (i % 17) / 17),
      [2, sizePx, sizePx, 1],
    )

  test('concentrations lie between 1 and 101', () => {
    const network = buildNetwork('w20-cnn-tree', { outputCount: 5, sizePx: 32, seed: 1 })
    const concentration_BA = network.head(network.encode(images(32), 'predict'), null)
    expect(concentration_BA.shape).toEqual([2, 5])
    expect(concentration_BA.dataSync().every((a) => a > 1 && a < 101)).toBe(true)
    network.dispose()
  })

  test('the binomial head gives two probabilities that add up to 1', () => {
    const network = buildNetwork('w20-cnn', { outputCount: 2, sizePx: 32, seed: 1 })
    const probability_B2 = network.head(network.encode(images(32), 'predict'), null)
    for (const sum of tf.sum(probability_B2, 1).dataSync()) expect(sum).toBeCloseTo(1, 6)
    network.dispose()
  })

  test('the same seed gives the same weights, another seed others', () => {
    const kernel = (seed: number) => {
      const network = buildNetwork('w20-cnn', { outputCount: 2, sizePx: 16, seed })
      const values = Array.from(network.variables.get('dense/kernel')!.dataSync())
      network.dispose()
      return values
    }
    expect(kernel(3)).toEqual(kernel(3))
    expect(kernel(3)).not.toEqual(kernel(4))
  })

  test('predicting changes no weight and draws nothing; training follows the batch with the moving statistics', () => {
    const network = buildNetwork('efficientnet-b0', { outputCount: 3, sizePx: 32, seed: 1 })
    const moving = network.variables.get('stem/norm/moving_mean')!
    const before = Array.from(moving.dataSync())
    const random = createRandom(1)
    const state = random.state
    network.encode(images(32), 'predict', random).dispose()
    expect(Array.from(moving.dataSync())).toEqual(before)
    expect(random.state).toEqual(state)
    network.encode(images(32), 'train', random).dispose()
    expect(Array.from(moving.dataSync())).not.toEqual(before)
    expect(random.state).not.toEqual(state)
    network.dispose()
  })

  test('building, running and disposing leaks no tensor', () => {
    const before = tf.memory().numTensors
    const network = buildNetwork('efficientnet-b0', { outputCount: 3, sizePx: 32, seed: 1 })
    const input = images(32)
    const features = network.encode(input, 'train', createRandom(1))
    network.head(features, null).dispose()
    network.encode(input, 'predict').dispose()
    features.dispose()
    input.dispose()
    network.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})
