import { add, mul, relu, step, sum, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core'
import { fusedOperations } from './registry'
import { withGradient } from './with-gradient'

/** relu(x + bias), the bias of [C] along the last axis of x. One pass forward and one backward where the engine has the kernel. */
export function biasRelu<T extends Tensor>(x: T, bias_C: Tensor1D): T {
  return (fusedOperations().biasRelu?.(x, bias_C) as T | null | undefined) ?? biasReluReference(x, bias_C)
}

/** biasRelu composed of stock operations. */
export function biasReluReference<T extends Tensor>(x: T, bias_C: Tensor1D): T {
  const leadingAxes = x.shape.slice(0, -1).map((_, axis) => axis)
  return withGradient<T>(
    [x, bias_C],
    (save) => {
      const y = relu(add(x, bias_C)) as T
      save([y])
      return y
    },
    (dy, [y]) => {
      const dx = mul(dy, step(y!))
      return [dx, sum(dx, leadingAxes)]
    },
  )
}
