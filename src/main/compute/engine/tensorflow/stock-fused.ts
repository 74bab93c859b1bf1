/** @file Fused operations without our own kernels: TensorFlow's that TensorFlow.js does not expose. On a graphics card, and as second choice. */
import { mul, tensor1d, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core'
import type { Activation, BatchNorm } from '../../ops/batch-norm'
import type { FusedOperations } from '../../ops/registry'
import { swishReference } from '../../ops/swish-reference'
import { withGradient } from '../../ops/with-gradient'
import { native, type Attribute } from './native'

function batchNormAttributes(epsilon: number): Attribute[] {
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_STRING, TF_ATTR_BOOL, TF_FLOAT } = native().binding
  return [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: TF_ATTR_BOOL, value: true },
  ]
}

/**
 * FusedBatchNormV3 and its gradient. The native variance is the sample variance (divided by n - 1): brought back to n, the meaning of
 * `BatchNorm`, so that models trained on different engines have the same moving statistics.
 */
function batchNormTrain(x: Tensor4D, gamma_C: Tensor1D, beta_C: Tensor1D, epsilon: number, activation: Activation): BatchNorm {
  const averaging = { name: 'exponential_avg_factor', type: native().binding.TF_ATTR_FLOAT, value: 1 }
  const empty = tensor1d([])
  const inputs = [x, gamma_C, beta_C, empty, empty]
  const [z, mean_C, sampleVariance_C, ...reserved] = native().executeMultipleOutputs(
    'FusedBatchNormV3',
    [...batchNormAttributes(epsilon), averaging],
    inputs,
    6,
  )
  empty.dispose()
  const normalised = withGradient<Tensor4D>(
    [x, gamma_C, beta_C],
    (save) => {
      save([x, gamma_C, ...reserved])
      return z as Tensor4D
    },
    (dy, saved) =>
      native()
        .executeMultipleOutputs('FusedBatchNormGradV3', batchNormAttributes(epsilon), [dy, ...saved], 5)
        .slice(0, 3),
  )
  const rows = x.size / x.shape[3]
  const y = activation === 'swish' ? swishReference(normalised) : normalised
  return { y, mean_C: mean_C as Tensor1D, variance_C: mul(sampleVariance_C!, (rows - 1) / rows) }
}

export const stockFusedOperations: FusedOperations = { batchNormTrain }
