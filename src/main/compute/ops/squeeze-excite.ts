import { add, matMul, mul, sigmoid, sub, sum, tidy, type Tensor1D, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core'
import { dotPixels, meanOverPixels, scalePixels } from './pixels'
import { swishGradient } from './swish-reference'
import { withGradient } from './with-gradient'

/** The two small dense layers of squeeze and excitation: C channels to Q and back. */
export type SqueezeExciteWeights = { reduce_CQ: Tensor2D; reduceBias_Q: Tensor1D; expand_QC: Tensor2D; expandBias_C: Tensor1D }

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
      const squeezed_BQ: Tensor2D = add(matMul(mean_BC, reduce_CQ), reduceBias_Q)
      const gate_BC: Tensor2D = sigmoid(add(matMul(mul(squeezed_BQ, sigmoid(squeezed_BQ)), expand_QC), expandBias_C))
      save([x_BHWC, mean_BC, squeezed_BQ, gate_BC, reduce_CQ, expand_QC])
      return scalePixels(x_BHWC, gate_BC, null)
    },
    (dy, [x, mean_BC, squeezed_BQ, gate_BC, reduce, expand]) =>
      tidy(() => {
        const dgate_BC = dotPixels(dy, x as Tensor4D)
        const dexpanded_BC: Tensor2D = mul(dgate_BC, mul(gate_BC!, sub(1, gate_BC!)))
        const activated_BQ: Tensor2D = mul(squeezed_BQ!, sigmoid(squeezed_BQ!))
        const dsqueezed_BQ = swishGradient(matMul(dexpanded_BC, expand as Tensor2D, false, true), squeezed_BQ!) as Tensor2D
        const dmean_BC: Tensor2D = mul(matMul(dsqueezed_BQ, reduce as Tensor2D, false, true), 1 / (height * width))
        return [
          scalePixels(dy, gate_BC as Tensor2D, dmean_BC),
          matMul(mean_BC as Tensor2D, dsqueezed_BQ, true),
          sum(dsqueezed_BQ, 0),
          matMul(activated_BQ, dexpanded_BC, true),
          sum(dexpanded_BC, 0),
        ]
      }),
  )
}
