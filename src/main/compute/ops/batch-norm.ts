import {
  add,
  batchNorm,
  concat,
  mean,
  moments,
  mul,
  reshape,
  rsqrt,
  split,
  sub,
  sum,
  tidy,
  zerosLike,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core'
import { fusedOperations } from './registry'
import { swishGradient, swishReference } from './swish-reference'
import { withGradient } from './with-gradient'

export type Activation = 'linear' | 'swish'

/** `mean_C` and `variance_C` (population variance, divided by n) feed the moving statistics; no gradient passes through them. */
export type BatchNorm = { y: Tensor4D; mean_C: Tensor1D; variance_C: Tensor1D }

const batchAxes = [0, 1, 2]

/**
 * Batch normalisation with the statistics of this batch, then the activation, as one operation: gamma (x - mean) / sqrt(variance + epsilon)
 * + beta over the channels of x [B, H, W, C]. Differentiable in x, gamma and beta. Source: Ioffe & Szegedy 2015 (arXiv:1502.03167).
 */
export function batchNormTrain(x_BHWC: Tensor4D, gamma_C: Tensor1D, beta_C: Tensor1D, epsilon: number, activation: Activation): BatchNorm {
  const fused = fusedOperations().batchNormTrain?.(x_BHWC, gamma_C, beta_C, epsilon, activation)
  return fused ?? batchNormTrainReference(x_BHWC, gamma_C, beta_C, epsilon, activation)
}

/** batchNormTrain composed of stock operations. */
export function batchNormTrainReference(
  x_BHWC: Tensor4D,
  gamma_C: Tensor1D,
  beta_C: Tensor1D,
  epsilon: number,
  activation: Activation,
): BatchNorm {
  const { mean_C, variance_C } = batchStatistics(x_BHWC)
  const y = withGradient<Tensor4D>(
    [x_BHWC, gamma_C, beta_C],
    (save) => {
      const inverseDeviation_C = rsqrt(add(variance_C, epsilon))
      save([x_BHWC, gamma_C, beta_C, mean_C, inverseDeviation_C])
      const z = add(mul(mul(sub(x_BHWC, mean_C), inverseDeviation_C), gamma_C), beta_C) as Tensor4D
      return activation === 'swish' ? swishReference(z) : z
    },
    (dy, [x, gamma, beta, centre_C, inverseDeviation_C]) =>
      tidy(() => {
        const normalised = mul(sub(x!, centre_C!), inverseDeviation_C!)
        const dz = activation === 'swish' ? swishGradient(dy, add(mul(normalised, gamma!), beta!)) : dy
        const projected = sub(sub(dz, mean(dz, batchAxes)), mul(normalised, mean(mul(dz, normalised), batchAxes)))
        return [mul(mul(projected, inverseDeviation_C!), gamma!), sum(mul(dz, normalised), batchAxes), sum(dz, batchAxes)]
      }),
  )
  return { y, mean_C, variance_C }
}

/** Mean and population variance per channel, off the gradient's record. */
function batchStatistics(x_BHWC: Tensor4D): { mean_C: Tensor1D; variance_C: Tensor1D } {
  const both = withGradient<Tensor1D>(
    [x_BHWC],
    () => {
      const { mean: mean_C, variance: variance_C } = moments(x_BHWC, batchAxes)
      return concat([mean_C as Tensor1D, variance_C as Tensor1D])
    },
    () => [zerosLike(x_BHWC)],
  )
  const [mean_C, variance_C] = split(both, 2) as [Tensor1D, Tensor1D]
  return { mean_C, variance_C }
}

/**
 * Batch normalisation with the moving statistics, then the activation. Differentiable, for training with a frozen normalisation.
 */
export function batchNormPredict(
  x_BHWC: Tensor4D,
  gamma_C: Tensor1D,
  beta_C: Tensor1D,
  mean_C: Tensor1D,
  variance_C: Tensor1D,
  epsilon: number,
  activation: Activation,
): Tensor4D {
  const fused = fusedOperations().batchNormPredict
  if (fused) {
    const scale_C = mul(gamma_C, rsqrt(add(variance_C, epsilon))) as Tensor1D
    const y = fused(x_BHWC, scale_C, sub(beta_C, mul(mean_C, scale_C)), activation)
    if (y) return y
  }
  const z = batchNorm(x_BHWC, mean_C, variance_C, beta_C, gamma_C, epsilon) as Tensor4D
  return activation === 'swish' ? swishReference(z) : z
}

/** y = activation(scale x + shift) per channel: the gradient of the fused form, composed. Gives dx, dscale and dshift. */
export function scaleShiftGradient(dy: Tensor, x: Tensor, scale_C: Tensor, shift_C: Tensor, activation: Activation): Tensor[] {
  return tidy(() => {
    const dz = activation === 'swish' ? swishGradient(dy, add(mul(x, scale_C), shift_C)) : dy
    return [mul(dz, scale_C), reshape(sum(mul(dz, x), batchAxes), scale_C.shape), reshape(sum(dz, batchAxes), shift_C.shape)]
  })
}
