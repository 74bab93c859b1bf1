import './stock-gradients'
import { customGrad, type Tensor } from '@tensorflow/tfjs-core'

/** Keeps tensors for the gradient; does nothing when no gradient is being recorded. */
export type Save = (tensors: Tensor[]) => void

/**
 * One operation with a gradient of its own: `forward` makes the value and saves what `gradient` will need; `gradient` gives one tensor per
 * input, in their order. Nothing inside is recorded step by step, so the intermediates are freed at once.
 */
export function withGradient<T extends Tensor>(
  inputs: Tensor[],
  forward: (save: Save) => T,
  gradient: (dy: T, saved: Tensor[]) => Tensor[],
): T {
  const operation = customGrad<T>((...args) => ({
    value: forward(args.at(-1) as Save),
    gradFunc: (dy, saved) => gradient(dy, saved),
  }))
  return operation(...inputs)
}
