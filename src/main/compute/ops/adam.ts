import { add, div, mul, sqrt, square, sub, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core'
import { fusedOperations } from './registry'

export type AdamSettings = { learningRate: number; beta1: number; beta2: number; epsilon: number }

/** One weight with its running mean of the gradient and of the squared gradient, all of one shape. */
export type AdamState = { value: Tensor; firstMoment: Tensor; secondMoment: Tensor }

export const adamDefaults: AdamSettings = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }

/** The state of a weight that was never updated; `value` itself is taken over, not copied. */
export function adamStart(value: Tensor): AdamState {
  return { value, firstMoment: zeros(value.shape), secondMoment: zeros(value.shape) }
}

/**
 * One Adam update with bias correction. `step` counts from 1. Gives three new tensors and leaves the given ones as they are: a weight is
 * never written in place, because the wasm engine keeps weights packed per tensor. Source: Kingma & Ba 2014 (arXiv:1412.6980).
 */
export function adamStep(state: AdamState, gradient: Tensor, step: number, settings: AdamSettings = adamDefaults): AdamState {
  const fused = fusedOperations().adamStep
  return fused ? fused(state, gradient, step, settings) : adamStepReference(state, gradient, step, settings)
}

/** adamStep composed of stock operations. */
export function adamStepReference(state: AdamState, gradient: Tensor, step: number, settings: AdamSettings): AdamState {
  const { learningRate, beta1, beta2, epsilon } = settings
  return tidy(() => {
    const firstMoment = add(mul(state.firstMoment, beta1), mul(gradient, 1 - beta1))
    const secondMoment = add(mul(state.secondMoment, beta2), mul(square(gradient), 1 - beta2))
    const unbiasedFirst = div(firstMoment, 1 - beta1 ** step)
    const unbiasedSecond = div(secondMoment, 1 - beta2 ** step)
    const value = sub(state.value, mul(learningRate, div(unbiasedFirst, add(sqrt(unbiasedSecond), epsilon))))
    return { value, firstMoment, secondMoment }
  })
}
