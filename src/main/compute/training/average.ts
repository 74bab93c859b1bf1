import * as tf from '@tensorflow/tfjs-core'
import type { NamedArray } from '../model/safetensors'
import { copyTensors } from '../model/weights'

/** The exponential moving average of weights over the steps of a training. */
export type Average = {
  /** After each step; `step` counts from 1. */
  follow: (step: number) => void
  /** Runs `use` while the weights are their averages. */
  during: <T>(use: () => Promise<T>) => Promise<T>
  copyState: () => Promise<Map<string, NamedArray>>
  restoreState: (averages: ReadonlyMap<string, NamedArray>) => void
  dispose: () => void
}

/**
 * An average that starts at the weights as they are now. The first steps count for more, (1 + step) / (10 + step) instead of `decay`: it would
 * remember the start for a thousand steps otherwise. Source: Polyak & Juditsky 1992; the first steps as in TensorFlow's.
 */
export function createAverage(variables: ReadonlyMap<string, tf.Variable>, decay: number): Average {
  const averages = new Map<string, tf.Tensor>([...variables].map(([name, variable]) => [name, tf.clone(variable)]))
  const replace = (name: string, next: tf.Tensor) => {
    averages.get(name)!.dispose()
    averages.set(name, next)
  }
  return {
    follow: (step) => {
      const kept = Math.min(decay, (1 + step) / (10 + step))
      for (const [name, variable] of variables) {
        replace(
          name,
          tf.tidy(() => tf.add(tf.mul(averages.get(name)!, kept), tf.mul(variable, 1 - kept))),
        )
      }
    },
    during: async (use) => {
      const weights = new Map([...variables].map(([name, variable]) => [name, tf.clone(variable)]))
      try {
        for (const [name, variable] of variables) variable.assign(averages.get(name)!)
        return await use()
      } finally {
        for (const [name, variable] of variables) variable.assign(weights.get(name)!)
        tf.dispose([...weights.values()])
      }
    },
    copyState: () => copyTensors(averages),
    restoreState: (saved) => {
      for (const [name, variable] of variables) replace(name, tf.tensor(saved.get(name)!.values, variable.shape))
    },
    dispose: () => tf.dispose([...averages.values()]),
  }
}
