/** All kernels of one module; see [Note: Kernels] in simd.ts. */
export { setThread } from './simd'
export { gemm, gemmTransposedLeft, packColumns, packColumnsOfTranspose } from './gemm'
export { patches } from './convolution'
export { winogradConvolution, winogradFilter, winogradFilterGradient, winogradFilterSums } from './winograd'
export { depthwise, depthwiseFilterSums, depthwiseInputGradient, depthwisePack, depthwiseUnpackSums } from './depthwise'
export { batchNormGradientSums, batchNormInputGradient, batchNormSums, scaleShift } from './batch-norm'
export { adam, addParts, biasRelu, biasReluGradient, scaleImages, sumPixels, swish, swishGradient } from './elementwise'
export { maxPoolGradient, maxPoolGradientOfWindow } from './pooling'
