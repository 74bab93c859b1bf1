/** @file The kernels of 2-D convolution and its two gradients. Each shape takes the fastest way that fits it. */
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { Conv2DAttrs, Conv2DBackpropFilterAttrs, Conv2DBackpropInputAttrs } from '@tensorflow/tfjs-core'
import { address, allocate, allocateZeros, release, replaceKernel, reshaped, type Host, type KernelCall } from './host'
import { addTransposedProduct, product } from './products'
import { fitsWinograd, winogradConvolution, winogradFilterGradient, type WinogradShape } from './winograd'

type Info = backend_util.Conv2DInfo
type Shape4D = [number, number, number, number]

/** Patches of more images than this many bytes hold are made and multiplied one after the other. */
const PATCH_BYTES = 64 * 1024 * 1024
/** Up to this many input channels the patches are small, and XNNPACK, which likes many channels, is slower. */
const FEW_CHANNELS = 4

/** How a convolution is computed: as one product, by Winograd's tiles, or as a product of patches. */
function wayOf(info: Info): 'product' | 'winograd' | 'patches' {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info
  const isUnitStride = strideHeight === 1 && strideWidth === 1
  const isPadded = (by: number) => padInfo.top === by && padInfo.bottom === by && padInfo.left === by && padInfo.right === by
  if (filterHeight === 1 && filterWidth === 1 && isUnitStride && isPadded(0)) return 'product'
  const is3x3 = filterHeight === 3 && filterWidth === 3
  return is3x3 && isUnitStride && isPadded(1) && fitsWinograd(info.inChannels, info.outChannels) ? 'winograd' : 'patches'
}

const winogradShape = (info: Info): WinogradShape => ({
  B: info.batchSize,
  H: info.inHeight,
  W: info.inWidth,
  Cin: info.inChannels,
  Cout: info.outChannels,
})

/** Calls `use` with the patches of a few images at a time: their address, the index of the first image, and their number of rows. */
function forPatches(host: Host, x: TensorInfo, info: Info, use: (patches: number, firstImage: number, rows: number) => void): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } =
    info
  const pixels = outHeight * outWidth
  const inner = filterHeight * filterWidth * inChannels
  const imagesAtOnce = Math.min(batchSize, Math.max(1, Math.floor(PATCH_BYTES / (4 * pixels * inner))))
  const patches = allocate(host, [imagesAtOnce * pixels, inner])
  const patchAddress = address(host, patches)
  const sizes = [
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    padInfo.top,
    padInfo.left,
  ]
  for (let image = 0; image < batchSize; image += imagesAtOnce) {
    const images = Math.min(imagesAtOnce, batchSize - image)
    const from = address(host, x) + 4 * image * inHeight * inWidth * inChannels
    host.pool.run('patches', [from, patchAddress, ...sizes], images * outHeight, outWidth * inner * 4)
    use(patchAddress, image, images * pixels)
  }
  release(host, patches)
}

function convolve(host: Host, x: TensorInfo, filter: TensorInfo, info: Info, stock: () => TensorInfo): TensorInfo {
  const { inChannels, outChannels, outShape } = info
  const isPlain = info.dataFormat === 'channelsLast' && info.dilationHeight === 1 && info.dilationWidth === 1
  if (!isPlain || x.dtype !== 'float32') return stock()
  const rows = outShape[0] * outShape[1] * outShape[2]
  switch (wayOf(info)) {
    case 'product':
      return reshaped(product(host, address(host, x), address(host, filter), rows, inChannels, outChannels), outShape)
    case 'winograd':
      return winogradConvolution(host, x, filter, winogradShape(info), false)
    case 'patches':
      return hasSmallPatches(info) ? convolvePatches(host, x, filter, info) : stock()
  }
}

function hasSmallPatches({ batchSize, outHeight, outWidth, filterHeight, filterWidth, inChannels }: Info): boolean {
  return inChannels <= FEW_CHANNELS && 4 * batchSize * outHeight * outWidth * filterHeight * filterWidth * inChannels <= PATCH_BYTES
}

function convolvePatches(host: Host, x: TensorInfo, filter: TensorInfo, info: Info): TensorInfo {
  const inner = info.filterHeight * info.filterWidth * info.inChannels
  let result: TensorInfo | null = null
  forPatches(host, x, info, (patches, _, rows) => {
    result = product(host, patches, address(host, filter), rows, inner, info.outChannels)
  })
  return reshaped(result!, info.outShape)
}

function filterGradient(host: Host, x: TensorInfo, dy: TensorInfo, info: Info): TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels, filterShape } = info
  const way = wayOf(info)
  if (way === 'winograd') return winogradFilterGradient(host, x, dy, winogradShape(info))
  const dw = allocateZeros(host, filterShape)
  const sum = address(host, dw)
  const pixels = info.outHeight * info.outWidth
  if (way === 'product') {
    addTransposedProduct(host, address(host, x), address(host, dy), sum, info.batchSize * pixels, inChannels, outChannels)
    return dw
  }
  const inner = filterHeight * filterWidth * inChannels
  forPatches(host, x, info, (patches, image, rows) => {
    const from = address(host, dy) + 4 * image * pixels * outChannels
    addTransposedProduct(host, patches, from, sum, rows, inner, outChannels)
  })
  return dw
}

function inputGradient(host: Host, dy: TensorInfo, filter: TensorInfo, info: Info, stock: () => TensorInfo): TensorInfo {
  const { inChannels, outChannels, inShape } = info
  const rows = inShape[0] * inShape[1] * inShape[2]
  switch (wayOf(info)) {
    case 'product':
      return reshaped(product(host, address(host, dy), address(host, filter), rows, outChannels, inChannels, true), inShape)
    case 'winograd':
      return winogradConvolution(host, dy, filter, { ...winogradShape(info), Cin: outChannels, Cout: inChannels }, true)
    case 'patches':
      return stock()
  }
}

export function registerConvolutions(host: Host): void {
  replaceKernel('Conv2D', (call: KernelCall<'x' | 'filter', Conv2DAttrs>, stock) => {
    const { x, filter } = call.inputs
    const { strides, pad, dataFormat, dilations, dimRoundingMode } = call.attrs
    const format = backend_util.convertConv2DDataFormat(dataFormat)
    const info = backend_util.computeConv2DInfo(
      x.shape as Shape4D,
      filter.shape as Shape4D,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      false,
      format,
    )
    return convolve(host, x, filter, info, stock)
  })
  replaceKernel('Conv2DBackpropFilter', (call: KernelCall<'x' | 'dy', Conv2DBackpropFilterAttrs>) => {
    const { x, dy } = call.inputs
    const { strides, pad, dimRoundingMode, filterShape } = call.attrs
    const info = backend_util.computeConv2DInfo(x.shape as Shape4D, filterShape, strides, 1, pad, dimRoundingMode)
    return filterGradient(host, x, dy, info)
  })
  replaceKernel('Conv2DBackpropInput', (call: KernelCall<'dy' | 'filter', Conv2DBackpropInputAttrs>, stock) => {
    const { dy, filter } = call.inputs
    const { strides, pad, dimRoundingMode, inputShape } = call.attrs
    const info = backend_util.computeConv2DInfo(inputShape, filter.shape as Shape4D, strides, 1, pad, dimRoundingMode)
    return inputGradient(host, dy, filter, info, stock)
  })
}
