/** @file Which engine brings its own implementation of a fused operation. Without one, the composition of stock operations is used. */
import { getBackend, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core'
import type { AdamSettings, AdamState } from './adam'
import type { Activation, BatchNorm } from './batch-norm'
import type { GateGradients, GateValues, SqueezeExciteWeights } from './squeeze-excite'

/**
 * Each entry means what the operation of the same name in this folder means, gradients included; the three of pixels and the two of
 * the gate are plain values (pixels.ts, squeeze-excite.ts).
 */
export type FusedOperations = {
  swish?: (x: Tensor) => Tensor
  biasRelu?: (x: Tensor, bias_C: Tensor1D) => Tensor | null
  batchNormTrain?: (x: Tensor4D, gamma_C: Tensor1D, beta_C: Tensor1D, epsilon: number, activation: Activation) => BatchNorm | null
  batchNormPredict?: (x: Tensor4D, scale_C: Tensor1D, shift_C: Tensor1D, activation: Activation) => Tensor4D | null
  meanPixels?: (x_BHWC: Tensor4D) => Tensor2D | null
  dotPixels?: (x_BHWC: Tensor4D, y_BHWC: Tensor4D) => Tensor2D | null
  scalePixels?: (x_BHWC: Tensor4D, scale_BC: Tensor2D, shift_BC: Tensor2D | null) => Tensor4D | null
  gate?: (mean_BC: Tensor2D, weights: SqueezeExciteWeights) => { squeezed_BQ: Tensor2D; gate_BC: Tensor2D }
  gateGradient?: (dgate_BC: Tensor2D, values: GateValues) => GateGradients
  adamStep?: (state: AdamState, gradient: Tensor, step: number, settings: AdamSettings) => AdamState
}

const byBackend = new Map<string, FusedOperations>()

/** Called by an engine when it is loaded. An operation that returns null leaves that shape to the composition. */
export function registerFusedOperations(backendName: string, operations: FusedOperations): void {
  byBackend.set(backendName, operations)
}

/** The operations of the engine in use. */
export function fusedOperations(): FusedOperations {
  return byBackend.get(getBackend()) ?? {}
}
