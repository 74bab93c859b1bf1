import type { Tensor } from '@tensorflow/tfjs-core'
import { fusedOperations } from './registry'
import { swishReference } from './swish-reference'

/**
 * swish(x) = x sigmoid(x), elementwise. Saves x alone: the gradient computes the sigmoid again, which costs less than keeping it.
 * Source: Ramachandran et al. 2017 (arXiv:1710.05941).
 */
export function swish<T extends Tensor>(x: T): T {
  const fused = fusedOperations().swish
  return fused ? (fused(x) as T) : swishReference(x)
}
