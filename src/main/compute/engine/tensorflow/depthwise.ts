/** @file Depthwise convolution and its gradients on our own kernels, in place of the stock ones where the shape fits. */
import { getKernel, registerKernel, unregisterKernel, type KernelConfig, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core'
import { runOwn } from './native'

type Inputs = Record<string, TensorInfo>
type Own = (inputs: Inputs, attributes: NamedAttrMap, stride: 1 | 2) => TensorInfo | null

let isRegistered = false

/** Replaces the kernels, once per process. */
export function registerDepthwise(): void {
  if (isRegistered) return
  isRegistered = true
  replace('DepthwiseConv2dNative', ({ x, filter }, _attributes, stride) =>
    fits(filter!.shape) ? runOwn('Depthwise', [x!, filter!], 1, { stride })[0]! : null,
  )
  replace('DepthwiseConv2dNativeBackpropInput', ({ dy, filter }, { inputShape }, stride) => {
    const [, height, width] = inputShape as number[]
    return fits(filter!.shape) ? runOwn('DepthwiseInputGrad', [dy!, filter!], 1, { stride, height: height!, width: width! })[0]! : null
  })
  replace('DepthwiseConv2dNativeBackpropFilter', ({ x, dy }, { filterShape }, stride) => {
    const shape = filterShape as number[]
    return fits(shape) ? runOwn('DepthwiseFilterGrad', [x!, dy!], 1, { stride, side: shape[0]! })[0]! : null
  })
}

/** 3×3 and 5×5, one filter per channel. */
function fits([height, width, , filtersPerChannel]: number[]): boolean {
  return height === width && (height === 3 || height === 5) && filtersPerChannel === 1
}

function replace(kernelName: string, own: Own): void {
  const stock = getKernel(kernelName, 'tensorflow')
  if (stock === undefined) throw new Error(`TensorFlow.js has no kernel ${kernelName} for tensorflow`)
  unregisterKernel(kernelName, 'tensorflow')
  registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: (given) => {
      const attributes = given.attrs ?? {}
      const stride = strideOf(attributes)
      const inputs = given.inputs as Inputs
      const isFloat = Object.values(inputs).every(({ dtype }) => dtype === 'float32')
      return (isFloat && stride !== null ? own(inputs, attributes, stride) : null) ?? stock.kernelFunc(given)
    },
  } satisfies KernelConfig)
}

/** The one stride of both directions, or null where padding, stride or dilation is none that our kernels know. */
function strideOf({ strides, pad, dilations }: NamedAttrMap): 1 | 2 | null {
  const [vertical, horizontal] = typeof strides === 'number' ? [strides, strides] : (strides as number[])
  const isDilated = [dilations ?? 1].flat().some((dilation) => dilation !== 1)
  return pad === 'same' && !isDilated && vertical === horizontal && (vertical === 1 || vertical === 2) ? vertical : null
}
