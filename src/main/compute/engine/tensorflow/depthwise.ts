/** @file Depthwise convolution and its gradients on our own kernels, in place of the stock ones where the shape fits. */
import { runOwn } from './native'
import { replaceKernel } from './replace-kernel'

export function registerDepthwise(): void {
  replaceKernel('DepthwiseConv2dNative', ({ x, filter }, _attributes, stride) =>
    fits(filter!.shape) ? runOwn('Depthwise', [x!, filter!], 1, { stride })[0]! : null,
  )
  replaceKernel('DepthwiseConv2dNativeBackpropInput', ({ dy, filter }, { inputShape }, stride) => {
    const [, height, width] = inputShape as number[]
    return fits(filter!.shape) ? runOwn('DepthwiseInputGrad', [dy!, filter!], 1, { stride, height: height!, width: width! })[0]! : null
  })
  replaceKernel('DepthwiseConv2dNativeBackpropFilter', ({ x, dy }, { filterShape }, stride) => {
    const shape = filterShape as number[]
    return fits(shape) ? runOwn('DepthwiseFilterGrad', [x!, dy!], 1, { stride, side: shape[0]! })[0]! : null
  })
}

/** 3×3 and 5×5, one filter per channel. */
function fits([height, width, , filtersPerChannel]: number[]): boolean {
  return height === width && (height === 3 || height === 5) && filtersPerChannel === 1
}
