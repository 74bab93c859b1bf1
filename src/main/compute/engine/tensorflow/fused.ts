/** @file The fused operations of the registry on our own kernels (kernels/*.h), which have one or two passes over the data each. */
import { tensor1d, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core'
import { adamDefaults, type AdamSettings, type AdamState } from '../../ops/adam'
import { scaleShiftGradient, type Activation, type BatchNorm } from '../../ops/batch-norm'
import type { FusedOperations } from '../../ops/registry'
import type { GateGradients } from '../../ops/squeeze-excite'
import { withGradient } from '../../ops/with-gradient'
import { runOwn } from './native'

const flag = (activation: Activation) => ({ swish: activation === 'swish' ? 1 : 0 })

function batchNormTrain(x: Tensor4D, gamma_C: Tensor1D, beta_C: Tensor1D, epsilon: number, activation: Activation): BatchNorm {
  const [y, mean_C, variance_C] = runOwn('BatchNorm', [x, gamma_C, beta_C], 3, flag(activation), { epsilon }) as [
    Tensor4D,
    Tensor1D,
    Tensor1D,
  ]
  const recorded = withGradient<Tensor4D>(
    [x, gamma_C, beta_C],
    (save) => {
      save([x, gamma_C, beta_C, mean_C, variance_C])
      return y
    },
    (dy, saved) => runOwn('BatchNormGrad', [dy, ...saved], 3, flag(activation), { epsilon }),
  )
  return { y: recorded, mean_C, variance_C }
}

function batchNormPredict(x: Tensor4D, scale_C: Tensor1D, shift_C: Tensor1D, activation: Activation): Tensor4D {
  return withGradient<Tensor4D>(
    [x, scale_C, shift_C],
    (save) => {
      save([x, scale_C, shift_C])
      return runOwn('ScaleShift', [x, scale_C, shift_C], 1, flag(activation))[0] as Tensor4D
    },
    (dy, [savedX, scale, shift]) => scaleShiftGradient(dy, savedX!, scale!, shift!, activation),
  )
}

/** (value, moments, gradient, numbers of this step) in one pass; the reference divides by the corrections where this multiplies. */
function adamStep(state: AdamState, gradient: Tensor, step: number, settings: AdamSettings): AdamState {
  const { learningRate, beta1, beta2, epsilon } = { ...adamDefaults, ...settings }
  const numbers = tensor1d([learningRate / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step)])
  const inputs = [state.value, state.firstMoment, state.secondMoment, gradient, numbers]
  const [value, firstMoment, secondMoment] = runOwn('Adam', inputs, 3, {}, { beta1, beta2, epsilon }) as [Tensor, Tensor, Tensor]
  numbers.dispose()
  return { value, firstMoment, secondMoment }
}

export const fusedOperations: FusedOperations = {
  batchNormTrain,
  batchNormPredict,
  meanPixels: (x_BHWC) => runOwn('MeanPixels', [x_BHWC], 1)[0] as Tensor2D,
  dotPixels: (x_BHWC, y_BHWC) => runOwn('DotPixels', [x_BHWC, y_BHWC], 1)[0] as Tensor2D,
  scalePixels: (x_BHWC, scale_BC, shift_BC) =>
    runOwn('ScalePixels', [x_BHWC, scale_BC, shift_BC ?? scale_BC], 1, { shifted: shift_BC === null ? 0 : 1 })[0] as Tensor4D,
  gate: (mean_BC, { reduce_CQ, reduceBias_Q, expand_QC, expandBias_C }) => {
    const [squeezed_BQ, gate_BC] = runOwn('Gate', [mean_BC, reduce_CQ, reduceBias_Q, expand_QC, expandBias_C], 2) as [Tensor2D, Tensor2D]
    return { squeezed_BQ, gate_BC }
  },
  gateGradient: (dgate_BC, { mean_BC, squeezed_BQ, gate_BC, reduce_CQ, expand_QC }) =>
    runOwn('GateGrad', [dgate_BC, mean_BC, squeezed_BQ, gate_BC, reduce_CQ, expand_QC], 5) as GateGradients,
  adamStep,
}
