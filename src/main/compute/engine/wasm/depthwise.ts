/** @file The kernels of depthwise convolution and its two gradients, which the package lacks. */
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type {
  DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInputAttrs,
} from '@tensorflow/tfjs-core'
import { address, allocate, release, replaceKernel, runStock, type Host, type KernelCall } from './host'

type Shape4D = [number, number, number, number]
type Info = backend_util.Conv2DInfo
/** The attributes that the three kernels share. */
type Attributes = Pick<DepthwiseConv2dNativeAttrs, 'strides' | 'pad' | 'dilations' | 'dimRoundingMode'>

/** Parts of a sum over the batch: fixed, so that the result does not depend on the number of threads. */
const PARTS = 8

function infoOf(inputShape: number[], filterShape: number[], { strides, pad, dilations, dimRoundingMode }: Attributes): Info {
  return backend_util.computeConv2DInfo(inputShape as Shape4D, filterShape as Shape4D, strides, dilations, pad, dimRoundingMode, true)
}

/** Whether our kernels know this convolution: one filter per channel, square, undilated, one stride. */
function isKnown(info: Info): boolean {
  const isSquare = info.filterHeight === info.filterWidth && info.strideHeight === info.strideWidth
  return isSquare && info.dilationHeight === 1 && info.dilationWidth === 1 && info.outChannels === info.inChannels
}

function requireKnown(info: Info): void {
  if (!isKnown(info))
    throw new Error('the wasm engine differentiates only square undilated depthwise convolutions with one filter per channel')
}

const sizesOf = ({ inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, strideHeight, padInfo }: Info) => {
  const channels = Math.ceil(inChannels / 4) * 4
  return {
    from: [inHeight, inWidth, channels, outHeight, outWidth],
    window: [filterHeight, strideHeight, padInfo.top, padInfo.left],
    channels,
  }
}

/** The tensor itself, or a copy with zero channels added until their number is a multiple of 4. `axis` is that of the channels. */
function withPaddedChannels(host: Host, tensor: TensorInfo, axis: number): { padded: TensorInfo; done: () => void } {
  const missing = -tensor.shape[axis]! & 3
  if (missing === 0) return { padded: tensor, done: () => undefined }
  const paddings = tensor.shape.map((_, i) => [0, i === axis ? missing : 0])
  const padded = runStock(host, 'PadV2', { x: tensor }, { paddings, constantValue: 0 })
  return { padded, done: () => release(host, padded) }
}

/** The first `shape` of the tensor, which is freed when it was larger. */
function cutTo(host: Host, tensor: TensorInfo, shape: number[]): TensorInfo {
  if (tensor.shape.every((side, i) => side === shape[i])) return tensor
  const cut = runStock(host, 'Slice', { x: tensor }, { begin: shape.map(() => 0), size: shape })
  release(host, tensor)
  return cut
}

function forward(host: Host, x: TensorInfo, filter: TensorInfo, info: Info): TensorInfo {
  const { from, window, channels } = sizesOf(info)
  const image = withPaddedChannels(host, x, 3)
  const weights = withPaddedChannels(host, filter, 2)
  const y = allocate(host, [info.batchSize, info.outHeight, info.outWidth, channels])
  const addresses = [image.padded, weights.padded, y].map((tensor) => address(host, tensor))
  const rows = info.batchSize * info.outHeight
  host.pool.run('depthwise', [...addresses, ...from, ...window, 0], rows, info.outWidth * channels * info.filterHeight ** 2)
  image.done()
  weights.done()
  return cutTo(host, y, info.outShape)
}

function inputGradient(host: Host, dy: TensorInfo, filter: TensorInfo, info: Info): TensorInfo {
  const { from, window, channels } = sizesOf(info)
  const gradient = withPaddedChannels(host, dy, 3)
  const weights = withPaddedChannels(host, filter, 2)
  const dx = allocate(host, [info.batchSize, info.inHeight, info.inWidth, channels])
  const addresses = [gradient.padded, weights.padded, dx].map((tensor) => address(host, tensor))
  const rows = info.batchSize * info.inHeight
  const work = info.inWidth * channels * info.filterHeight ** 2
  if (info.strideHeight === 1) {
    const { inHeight, inWidth, outHeight, outWidth, filterHeight, padInfo } = info
    const turned = [
      outHeight,
      outWidth,
      channels,
      inHeight,
      inWidth,
      filterHeight,
      1,
      filterHeight - 1 - padInfo.top,
      filterHeight - 1 - padInfo.left,
      1,
    ]
    host.pool.run('depthwise', [...addresses, ...turned], rows, work)
  } else {
    host.pool.run('depthwiseInputGradient', [...addresses, ...from, ...window], rows, work)
  }
  gradient.done()
  weights.done()
  return cutTo(host, dx, info.inShape)
}

function filterGradient(host: Host, x: TensorInfo, dy: TensorInfo, info: Info): TensorInfo {
  const { from, window, channels } = sizesOf(info)
  const image = withPaddedChannels(host, x, 3)
  const gradient = withPaddedChannels(host, dy, 3)
  const size = info.filterHeight ** 2 * channels
  const sums = allocate(host, [PARTS, size])
  const dw = allocate(host, [info.filterHeight, info.filterWidth, channels, 1])
  const addresses = [image.padded, gradient.padded, sums].map((tensor) => address(host, tensor))
  const work = (info.batchSize * info.outHeight * info.outWidth * size) / PARTS
  host.pool.run('depthwiseFilterSums', [...addresses, info.batchSize, ...from, ...window, PARTS], PARTS, work)
  host.pool.run('addParts', [address(host, sums), address(host, dw), size, PARTS], size, PARTS)
  release(host, sums)
  image.done()
  gradient.done()
  return cutTo(host, dw, info.filterShape)
}

export function registerDepthwise(host: Host): void {
  replaceKernel('DepthwiseConv2dNative', (call: KernelCall<'x' | 'filter', DepthwiseConv2dNativeAttrs>, stock) => {
    const { x, filter } = call.inputs
    const info = infoOf(x.shape, filter.shape, call.attrs)
    return isKnown(info) && x.dtype === 'float32' ? forward(host, x, filter, info) : stock()
  })
  replaceKernel('DepthwiseConv2dNativeBackpropInput', (call: KernelCall<'dy' | 'filter', DepthwiseConv2dNativeBackpropInputAttrs>) => {
    const info = infoOf(call.attrs.inputShape, call.inputs.filter.shape, call.attrs)
    requireKnown(info)
    return inputGradient(host, call.inputs.dy, call.inputs.filter, info)
  })
  replaceKernel('DepthwiseConv2dNativeBackpropFilter', (call: KernelCall<'x' | 'dy', DepthwiseConv2dNativeBackpropFilterAttrs>) => {
    const info = infoOf(call.inputs.x.shape, call.attrs.filterShape, call.attrs)
    requireKnown(info)
    return filterGradient(host, call.inputs.x, call.inputs.dy, info)
  })
}
