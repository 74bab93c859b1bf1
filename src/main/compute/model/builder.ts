import * as tf from '@tensorflow/tfjs-core'
import { createRandom, type Random } from '@shared/science/stats/random'
import type { LayerSummary } from './network'

/** Fills a new weight of `count` values. */
export type Initialiser = (count: number, random: Random) => Float32Array

/** One pass through an encoder. `random` is null where nothing is drawn: while predicting, and in gradient checks. */
export type Pass = { mode: 'train' | 'predict'; random: Random | null }

/** Collects the weights and the table of layers while a network is put together. */
export type Builder = {
  readonly variables: ReadonlyMap<string, tf.Variable>
  readonly layers: readonly LayerSummary[]
  /** A new weight `layer/name`, filled from the seed and its own name: its values do not depend on what else the network has. */
  weight: <R extends tf.Rank>(
    layer: string,
    name: string,
    shape: tf.ShapeMap[R],
    initialise: Initialiser,
    trainable?: boolean,
  ) => tf.Variable<R>
  /** A row of the table of layers; its parameters are the weights added under its name so far. */
  row: (layer: string, outputShape: number[]) => void
  dispose: () => void
}

export function createBuilder(seed: number): Builder {
  const variables = new Map<string, tf.Variable>()
  const layers: LayerSummary[] = []
  const sizes = new Map<string, number>()
  return {
    variables,
    layers,
    weight: <R extends tf.Rank>(layer: string, name: string, shape: tf.ShapeMap[R], initialise: Initialiser, trainable = true) => {
      const fullName = `${layer}/${name}`
      if (variables.has(fullName)) throw new Error(`two weights are named ${fullName}`)
      const count = (shape as number[]).reduce((product, side) => product * side, 1)
      const start = tf.tensor(initialise(count, createRandom(seed, 'weights', fullName)), shape)
      // No name for TensorFlow.js: its names are global, and two networks of one kind may be alive at once.
      const variable = tf.variable(start, trainable)
      start.dispose()
      variables.set(fullName, variable)
      sizes.set(layer, (sizes.get(layer) ?? 0) + count)
      return variable as tf.Variable<R>
    },
    row: (layer, outputShape) => layers.push({ name: layer, outputShape, parameters: sizes.get(layer) ?? 0 }),
    dispose: () => {
      for (const variable of variables.values()) variable.dispose()
    },
  }
}
