import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { existsSync } from 'node:fs'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NetworkName } from '@shared/contract/job'
import { loadWasm } from '@main/compute/engine/wasm/load'
import { buildNetwork } from '@main/compute/model/build'
import type { Network } from '@main/compute/model/network'
import { lossPerGalaxy } from '@main/compute/training/loss'
import { packageRoot } from '@main/paths'
import { randomTensor, randomValues } from '../../ops/support'

const kernelsAreBuilt = existsSync(`${packageRoot()}/out/kernels/worker.cjs`)

type LossAndGradients = { loss: number; gradients: Map<string, Float32Array> }

/** The loss of random images and votes, and its gradient in every trainable weight. */
function lossAndGradients(network: Network, galaxies: number): LossAndGradients {
  const { sizePx, outputCount, likelihood } = network
  const trainable = [...network.variables].filter(([, variable]) => variable.trainable)
  let result: LossAndGradients | undefined
  tf.tidy(() => {
    const images = randomTensor<tf.Rank.R4>([galaxies, sizePx, sizePx, 1], 1, 0, 1)
    const votes = tf.tensor2d(randomValues(galaxies * outputCount, 2, 0, 12).map(Math.floor), [galaxies, outputCount])
    const { value, grads } = tf.variableGrads(
      () => {
        const outputs = network.head(network.encode(images, 'train'), null)
        return tf.mean(lossPerGalaxy(likelihood, outputs, votes, [{ start: 0, end: outputCount }])) as tf.Scalar
      },
      trainable.map(([, variable]) => variable),
    )
    const gradients = new Map(trainable.map(([name, variable]) => [name, grads[variable.name]!.dataSync<'float32'>().slice()]))
    result = { loss: value.dataSync()[0]!, gradients }
  })
  return result!
}

const norm = (values: Iterable<number>) => Math.sqrt([...values].reduce((sum, value) => sum + value * value, 0))

/**
 * The least share of the whole gradient that a weight's difference is compared with: the last batch norm of a branch has a beta that the
 * next one takes away again, whose gradient is 0 but for rounding.
 */
const NEGLIGIBLE = 1e-3
/** Float32 through up to 81 layers in another order of summation. */
const GRADIENT_TOLERANCE = 1e-4

describe.skipIf(!kernelsAreBuilt)('whole networks on the wasm engine', () => {
  beforeAll(async () => void (await loadWasm(2)))
  let tensorsBefore = 0
  beforeEach(async () => {
    await tf.setBackend('wasm')
    tensorsBefore = tf.memory().numTensors
  })
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(tensorsBefore)
  })

  test.each<[NetworkName, number, number]>([
    ['w20-cnn', 2, 1],
    ['w20-cnn-tree', 5, 1],
    ['efficientnet-b0', 5, 4],
  ])(
    'the gradient of %s at 64 px is that of plain JavaScript in each weight',
    async (name, outputCount, galaxies) => {
      const on = async (backendName: string) => {
        await tf.setBackend(backendName)
        const network = buildNetwork(name, { outputCount, sizePx: 64, seed: 1 })
        try {
          return lossAndGradients(network, galaxies)
        } finally {
          network.dispose()
        }
      }
      const wasm = await on('wasm')
      const plain = await on('cpu')
      expect(Math.abs(wasm.loss / plain.loss - 1)).toBeLessThan(GRADIENT_TOLERANCE)
      const least = NEGLIGIBLE * norm([...plain.gradients.values()].map(norm))
      for (const [weight, expected] of plain.gradients) {
        const difference = norm(wasm.gradients.get(weight)!.map((value, i) => value - expected[i]!))
        expect(difference / Math.max(norm(expected), least), weight).toBeLessThan(GRADIENT_TOLERANCE)
      }
    },
    1_500_000,
  )

  test('a batch that does not fit is told, leaves nothing behind, and half of it trains', () => {
    const network = buildNetwork('w20-cnn-tree', { outputCount: 5, sizePx: 64, seed: 1 })
    const expected = lossAndGradients(network, 64)
    // Takes up all but about 0.3 GiB; the pages of these tensors are never touched.
    const tensorsOfNetwork = tf.memory().numTensors
    const backend = tf.backend() as BackendWasm
    const block = () => tf.engine().makeTensorFromTensorInfo(backend.makeOutput([16, 1024, 1024], 'float32'))
    const ballast = Array.from({ length: 59 }, block)
    try {
      for (let again = 0; again < 3; again++) {
        expect(() => lossAndGradients(network, 128)).toThrow(expect.objectContaining({ code: 'engine/out-of-memory' }))
        expect(tf.memory().numTensors).toBe(tensorsOfNetwork + ballast.length)
        expect(lossAndGradients(network, 64)).toEqual(expected)
      }
    } finally {
      tf.dispose(ballast)
      network.dispose()
    }
  })
})
