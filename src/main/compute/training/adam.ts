import * as tf from '@tensorflow/tfjs-core'
import type { NamedArray } from '../model/safetensors'
import { adamDefaults, adamStart, adamStep, type AdamState } from '../ops/adam'

/** Adam for a set of named weights, with a state that can be kept and put back. */
export type Adam = {
  /** Updates every weight with its gradient. New tensors, never in place: the wasm engine keeps weights packed per tensor. */
  apply: (gradients: ReadonlyMap<string, tf.Tensor>) => void
  /** The running means of the gradients (`first/NAME`) and of their squares (`second/NAME`), and the number of steps taken. */
  copyState: () => Promise<{ step: number; moments: Map<string, NamedArray> }>
  restoreState: (state: { step: number; moments: ReadonlyMap<string, NamedArray> }) => void
  dispose: () => void
}

export function createAdam(variables: ReadonlyMap<string, tf.Variable>, learningRate: number): Adam {
  const settings = { ...adamDefaults, learningRate }
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
    apply: (gradients) => {
      step += 1
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
      const copies = new Map<string, NamedArray>()
      for (const [name, { firstMoment, secondMoment }] of moments) {
        copies.set(`first/${name}`, { shape: firstMoment.shape, values: Float32Array.from((await firstMoment.data()) as Float32Array) })
        copies.set(`second/${name}`, { shape: secondMoment.shape, values: Float32Array.from((await secondMoment.data()) as Float32Array) })
      }
      return { step, moments: copies }
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
