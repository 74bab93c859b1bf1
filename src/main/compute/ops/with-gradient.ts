import './stock-gradients'
import { customGrad, tidy, type Tensor } from '@tensorflow/tfjs-core'

/** Keeps tensors for the gradient; does nothing when no gradient is being recorded. */
export type Save = (tensors: Tensor[]) => void

/**
 * One operation with a gradient of its own: `forward` makes the value and saves what `gradient` will need; `gradient` gives one tensor per
 * input, in their order. Nothing inside is recorded step by step, so the intermediates are freed at once.
 *
 * [Note: Freed on the way back] TensorFlow.js keeps every saved tensor and every gradient of an intermediate until the whole backward pass
 * has ended. Here both go as soon as the gradient that needed them is there: the tape walks backwards, and whoever used this value has
 * added to `dy` before. Hence the peak is the activations of the forward pass, not twice that.
 */
export function withGradient<T extends Tensor>(
  inputs: Tensor[],
  forward: (save: Save) => T,
  gradient: (dy: T, saved: Tensor[]) => Tensor[],
): T {
  const operation = customGrad<T>((...args) => ({
    value: forward(args.at(-1) as Save),
    gradFunc: (dy, saved) => {
      const gradients = tidy(() => gradient(dy, saved))
      for (const tensor of [dy, ...saved]) if (!gradients.includes(tensor)) tensor.dispose()
      return gradients
    },
  }))
  return operation(...inputs)
}
