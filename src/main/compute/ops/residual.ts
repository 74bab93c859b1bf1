import { add, mul, reshape, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core'
import { withGradient } from './with-gradient'

/**
 * branch · keep + x, `keep_B` one factor per galaxy, or null for 1 everywhere. Differentiable in branch and x; it saves nothing of their size,
 * where the stock sum and product keep both for their shapes.
 */
export function residual(branch_BHWC: Tensor4D, x_BHWC: Tensor4D, keep_B: Tensor1D | null): Tensor4D {
  const kept = (value: Tensor4D, factor: Tensor1D | null): Tensor4D =>
    factor === null ? value : mul(value, reshape(factor, [factor.shape[0], 1, 1, 1]))
  return withGradient<Tensor4D>(
    [branch_BHWC, x_BHWC],
    (save) => {
      if (keep_B !== null) save([keep_B])
      return add(kept(branch_BHWC, keep_B), x_BHWC)
    },
    (dy, [factor]) => [kept(dy, (factor as Tensor1D | undefined) ?? null), dy.clone()],
  )
}
