import * as tf from '@tensorflow/tfjs-core'
import { createRandom } from '@shared/science/stats/random'
import { dropoutSamples } from '../training/samples'
import { progressOf, throwIfCancelled, type TaskContext } from './context'
import type { FeatureStore } from './feature-store'
import type { KeptGalaxies } from './features'
import type { OpenModel } from './model-folder'

const GALAXIES_AT_ONCE = 256

/** The outputs of one galaxy for all its samples, K = views × dropout samples: concentrations [K, A], or rho [K] of a binomial network. */
export type GalaxySamples = { galaxyKey: number; samples_KA: Float32Array }

/**
 * Draws `sampleCount` dropout samples of every view of the galaxies, from kept features: no image is touched. What is drawn for a galaxy
 * follows from the seed, the model and the galaxy alone, whichever others are asked for. A `visit` that is slower than this is waited for.
 */
export async function forEachSamples(
  { network, card }: OpenModel,
  store: FeatureStore,
  { galaxyKeys, rows }: KeptGalaxies,
  plan: { views: number; sampleCount: number; seed: number },
  context: TaskContext,
  visit: (samples: GalaxySamples, index: number) => void | Promise<void>,
): Promise<void> {
  const { views, sampleCount, seed } = plan
  const report = progressOf(context, 'drawing dropout samples', galaxyKeys.length)
  const samplesOfOne = views * sampleCount
  for (let start = 0; start < galaxyKeys.length; start += GALAXIES_AT_ONCE) {
    throwIfCancelled(context.signal)
    const part = rows.subarray(start, start + GALAXIES_AT_ONCE)
    const features_RF = tf.tensor2d(store.read(part), [part.length * views, network.featureCount])
    const outputs = await dropoutSamples(network, features_RF, sampleCount, (row) =>
      createRandom(seed, 'dropout', card.id, galaxyKeys[start + Math.floor(row / views)]!, row % views),
    )
    features_RF.dispose()
    const perGalaxy = samplesOfOne * network.outputCount
    for (let i = 0; i < part.length; i++) {
      const all = outputs.subarray(i * perGalaxy, (i + 1) * perGalaxy)
      const samples_KA = network.likelihood === 'binomial' ? secondColumn(all) : all
      const visited = visit({ galaxyKey: galaxyKeys[start + i]!, samples_KA }, start + i)
      if (visited) await visited
    }
    report(start + part.length)
    // Lets a cancel in.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function secondColumn(pairs: Float32Array): Float32Array {
  return Float32Array.from({ length: pairs.length / 2 }, (_, i) => pairs[2 * i + 1]!)
}
