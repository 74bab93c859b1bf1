import { add, mul, sigmoid, sub, tidy, type Tensor } from '@tensorflow/tfjs-core'
import { withGradient } from './with-gradient'

/** swish composed of stock operations. */
export function swishReference<T extends Tensor>(x: T): T {
  return withGradient<T>(
    [x],
    (save) => {
      save([x])
      return mul(x, sigmoid(x))
    },
    (dy, [savedX]) => [swishGradient(dy, savedX!)],
  )
}

/** dy · d swish / dx = dy · s (1 + x (1 - s)), s = sigmoid(x). */
export function swishGradient(dy: Tensor, x: Tensor): Tensor {
  return tidy(() => {
    const s = sigmoid(x)
    return mul(dy, mul(s, add(1, mul(x, sub(1, s)))))
  })
}
