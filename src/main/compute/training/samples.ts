import * as tf from '@tensorflow/tfjs-core'
import type { Random } from '@shared/science/stats/random'
import type { Network } from '../model/network'
import { dropoutMask } from './masks'

/** Values of the largest product [rows, F] held at once: 32 MiB. */
const VALUES_AT_ONCE = 8 * 2 ** 20

/**
 * `sampleCount` dropout samples of the outputs for kept features [B, F], as [B, T, A]. Each sample of each galaxy has its own mask. Equal in
 * distribution to running the whole network again, because its only dropout sits after the features.
 */
export function dropoutSamples(network: Network, features_BF: tf.Tensor2D, sampleCount: number, random: Random): Float32Array {
  const [galaxies, featureCount] = features_BF.shape
  const { outputCount, dropoutRate } = network
  const outputs_BTA = new Float32Array(galaxies * sampleCount * outputCount)
  const perStep = Math.max(1, Math.floor(VALUES_AT_ONCE / (sampleCount * featureCount)))
  for (let start = 0; start < galaxies; start += perStep) {
    const count = Math.min(perStep, galaxies - start)
    const rows = count * sampleCount
    tf.tidy(() => {
      const features_B1F = tf.reshape(tf.slice(features_BF, [start, 0], [count, featureCount]), [count, 1, featureCount])
      const repeated_RF = tf.reshape(tf.tile(features_B1F, [1, sampleCount, 1]), [rows, featureCount])
      const mask_RF = tf.tensor2d(dropoutMask(rows * featureCount, dropoutRate, random), [rows, featureCount])
      const sampled_RA = network.head(repeated_RF as tf.Tensor2D, mask_RF)
      outputs_BTA.set(sampled_RA.dataSync(), start * sampleCount * outputCount)
    })
  }
  return outputs_BTA
}
