import { add, matMul, mul, sigmoid, sub, sum, tidy, type Tensor1D, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core'
import { dotPixels, meanOverPixels, scalePixels } from './pixels'
import { fusedOperations } from './registry'
import { swishGradient } from './swish-reference'
import { withGradient } from './with-gradient'

/** The two small dense layers of squeeze and excitation: C channels to Q and back. */
export type SqueezeExciteWeights = { reduce_CQ: Tensor2D; reduceBias_Q: Tensor1D; expand_QC: Tensor2D; expandBias_C: Tensor1D }

/** What the gradient of the gate needs besides the gradient in it. */
export type GateValues = { mean_BC: Tensor2D; squeezed_BQ: Tensor2D; gate_BC: Tensor2D; reduce_CQ: Tensor2D; expand_QC: Tensor2D }

/** In the mean over the pixels, reduce, its bias, expand and its bias. */
export type GateGradients = [Tensor2D, Tensor2D, Tensor1D, Tensor2D, Tensor1D]

/**
 * Squeeze and excitation as one operation: x [B, H, W, C] times the gate sigmoid(swish(mean over pixels · reduce + bias) · expand + bias).
 * Differentiable in x and the four weights. The gradient of x is one pass, dy · gate + dmean / (H W), where the stock gradients make three
 * tensors of that size and add them. Source: Hu et al. 2017 (arXiv 1709.01507), with the swish of EfficientNet.
 */
export function squeezeExcite(x_BHWC: Tensor4D, weights: SqueezeExciteWeights): Tensor4D {
  const { reduce_CQ, reduceBias_Q, expand_QC, expandBias_C } = weights
  const [, height, width] = x_BHWC.shape
  return withGradient<Tensor4D>(
    [x_BHWC, reduce_CQ, reduceBias_Q, expand_QC, expandBias_C],
    (save) => {
      const mean_BC = meanOverPixels(x_BHWC)
      const { squeezed_BQ, gate_BC } = (fusedOperations().gate ?? gateReference)(mean_BC, weights)
      save([x_BHWC, mean_BC, squeezed_BQ, gate_BC, reduce_CQ, expand_QC])
      return scalePixels(x_BHWC, gate_BC, null)
    },
    (dy, [x, mean, squeezed, gate, reduce, expand]) => {
      const values = { mean_BC: mean, squeezed_BQ: squeezed, gate_BC: gate, reduce_CQ: reduce, expand_QC: expand } as GateValues
      const dgate_BC = dotPixels(dy, x as Tensor4D)
      const [dmean_BC, ...dweights] = (fusedOperations().gateGradient ?? gateGradientReference)(dgate_BC, values)
      return [scalePixels(dy, values.gate_BC, mul(dmean_BC, 1 / (height * width))), ...dweights]
    },
  )
}

/** The gate composed of stock operations; `squeezed_BQ` is what swish gets. */
export function gateReference(mean_BC: Tensor2D, weights: SqueezeExciteWeights): { squeezed_BQ: Tensor2D; gate_BC: Tensor2D } {
  const { reduce_CQ, reduceBias_Q, expand_QC, expandBias_C } = weights
  return tidy(() => {
    const squeezed_BQ: Tensor2D = add(matMul(mean_BC, reduce_CQ), reduceBias_Q)
    const expanded_BC = matMul(mul<Tensor2D>(squeezed_BQ, sigmoid(squeezed_BQ)), expand_QC)
    return { squeezed_BQ, gate_BC: sigmoid(add<Tensor2D>(expanded_BC, expandBias_C)) }
  })
}

/** The gradient of the gate composed of stock operations. */
export function gateGradientReference(dgate_BC: Tensor2D, values: GateValues): GateGradients {
  const { mean_BC, squeezed_BQ, gate_BC, reduce_CQ, expand_QC } = values
  return tidy(() => {
    const dexpanded_BC: Tensor2D = mul(dgate_BC, mul(gate_BC, sub(1, gate_BC)))
    const activated_BQ: Tensor2D = mul(squeezed_BQ, sigmoid(squeezed_BQ))
    const dsqueezed_BQ = swishGradient(matMul(dexpanded_BC, expand_QC, false, true), squeezed_BQ) as Tensor2D
    return [
      matMul(dsqueezed_BQ, reduce_CQ, false, true),
      matMul(mean_BC, dsqueezed_BQ, true),
      sum(dsqueezed_BQ, 0),
      matMul(activated_BQ, dexpanded_BC, true),
      sum(dexpanded_BC, 0),
    ]
  })
}
