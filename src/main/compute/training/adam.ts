import * as tf from '@tensorflow/tfjs-core'
import type { NamedArray } from '../model/safetensors'
import { copyTensors } from '../model/weights'
import { adamDefaults, adamStart, adamStep, type AdamState } from '../ops/adam'

/** Adam for a set of named weights, with a state that can be kept and put back. */
export type Adam = {
  /**
   * Updates every weight with its gradient. New tensors, never in place: the wasm engine keeps weights packed per tensor.
   * `learningRate` is that of this step, the usual one when left out.
   */
  apply: (gradients: ReadonlyMap<string, tf.Tensor>, learningRate?: number) => void
  /** The running means of the gradients (`first/NAME`) and of their squares (`second/NAME`), and the number of steps taken. */
  copyState: () => Promise<{ step: number; moments: Map<string, NamedArray> }>
  restoreState: (state: { step: number; moments: ReadonlyMap<string, NamedArray> }) => void
  dispose: () => void
}

export function createAdam(variables: ReadonlyMap<string, tf.Variable>, learningRate: number): Adam {
  const moments = new Map<string, Omit<AdamState, 'value'>>()
  for (const [name, variable] of variables) {
    const { firstMoment, secondMoment } = adamStart(variable)
    moments.set(name, { firstMoment, secondMoment })
  }
  let step = 0
  const replace = (name: string, next: Omit<AdamState, 'value'>) => {
    moments.get(name)?.firstMoment.dispose()
    moments.get(name)?.secondMoment.dispose()
    moments.set(name, next)
  }
  return {
    apply: (gradients, rate = learningRate) => {
      step += 1
      const settings = { ...adamDefaults, learningRate: rate }
      for (const [name, variable] of variables) {
        const { value, firstMoment, secondMoment } = adamStep(
          { value: variable, ...moments.get(name)! },
          gradients.get(name)!,
          step,
          settings,
        )
        variable.assign(value)
        value.dispose()
        replace(name, { firstMoment, secondMoment })
      }
    },
    copyState: async () => {
      const tensors = new Map<string, tf.Tensor>()
      for (const [name, { firstMoment, secondMoment }] of moments) {
        tensors.set(`first/${name}`, firstMoment)
        tensors.set(`second/${name}`, secondMoment)
      }
      return { step, moments: await copyTensors(tensors) }
    },
    restoreState: (state) => {
      step = state.step
      for (const [name, variable] of variables) {
        const saved = (kind: string) => tf.tensor(state.moments.get(`${kind}/${name}`)!.values, variable.shape)
        replace(name, { firstMoment: saved('first'), secondMoment: saved('second') })
      }
    },
    dispose: () => {
      for (const { firstMoment, secondMoment } of moments.values()) tf.dispose([firstMoment, secondMoment])
    },
  }
}
