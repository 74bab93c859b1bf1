import * as tf from '@tensorflow/tfjs-core'
import type { Random } from '@shared/science/stats/random'
import type { Network } from '../model/network'
import { fillDropoutMask } from './masks'

/** Values of the largest product [rows, F] held at once: 32 MiB. */
const VALUES_AT_ONCE = 8 * 2 ** 20

/**
 * `sampleCount` dropout samples of the outputs for kept features [B, F], as [B, T, A]. Each sample of each galaxy has its own mask. Equal in
 * distribution to running the whole network again, because its only dropout sits after the features. With a generator for each row the samples
 * of one do not depend on which others there are.
 */
export async function dropoutSamples(
  network: Network,
  features_BF: tf.Tensor2D,
  sampleCount: number,
  random: Random | ((row: number) => Random),
): Promise<Float32Array> {
  const [galaxies, featureCount] = features_BF.shape
  const { outputCount, dropoutRate } = network
  const features = await features_BF.data<'float32'>()
  const outputs_BTA = new Float32Array(galaxies * sampleCount * outputCount)
  const perStep = Math.max(1, Math.floor(VALUES_AT_ONCE / (sampleCount * featureCount)))
  for (let start = 0; start < galaxies; start += perStep) {
    const count = Math.min(perStep, galaxies - start)
    const rows = count * sampleCount
    // The mask is applied here, not on the engine: repeating each galaxy's features there costs more than the product itself.
    const masked_RF = new Float32Array(rows * featureCount)
    for (let i = 0; i < count; i++) {
      const ofRow = masked_RF.subarray(i * sampleCount * featureCount, (i + 1) * sampleCount * featureCount)
      fillDropoutMask(ofRow, dropoutRate, typeof random === 'function' ? random(start + i) : random)
    }
    for (let row = 0; row < rows; row++) {
      const galaxy = (start + Math.floor(row / sampleCount)) * featureCount
      for (let f = 0; f < featureCount; f++) masked_RF[row * featureCount + f]! *= features[galaxy + f]!
    }
    const sampled_RA = tf.tidy(() => network.head(tf.tensor2d(masked_RF, [rows, featureCount]), null))
    outputs_BTA.set(await sampled_RA.data(), start * sampleCount * outputCount)
    sampled_RA.dispose()
  }
  return outputs_BTA
}
