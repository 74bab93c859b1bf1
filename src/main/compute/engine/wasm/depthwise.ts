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
const FLOAT_BYTES = 4

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

/** What `convolve` reads and writes: sizes of x and of y, and where the filter lies on x. */
type Window = { B: number; H: number; W: number; C: number; OH: number; OW: number; k: number; stride: number; top: number; left: number }

/** A place for every thread's ring of rows; see [Note: Ring of rows] in kernels/depthwise.ts. */
function ringFor(host: Host, { OW, C, k, stride }: Window): { scratch: TensorInfo; ring: number[] } {
  const columns = (Math.ceil(OW / 4) * 4 - 1) * stride + k
  const scratch = allocate(host, [host.pool.threads, C * k * columns])
  return { scratch, ring: [address(host, scratch), C * k * columns * FLOAT_BYTES] }
}

const sizesOf = ({ H, W, C, OH, OW, k, stride, top, left }: Window) => [H, W, C, OH, OW, k, stride, top, left]

/** x with a filter [k, k, C, 1], which `isTurned` turns by 180°. */
function convolve(host: Host, x: TensorInfo, filter: TensorInfo, window: Window, isTurned: boolean): TensorInfo {
  const { B, C, OH, OW, k } = window
  const packed = allocate(host, [C, k * k])
  host.pool.run('depthwisePack', [address(host, filter), address(host, packed), C, k * k, isTurned ? 1 : 0], C / 4, 4 * k * k)
  const { scratch, ring } = ringFor(host, window)
  const y = allocate(host, [B, OH, OW, C])
  const addresses = [x, packed, y].map((tensor) => address(host, tensor))
  host.pool.run('depthwise', [...addresses, ...sizesOf(window), ...ring], B * OH, OW * C * k * k)
  release(host, packed, scratch)
  return y
}

function windowOf(info: Info): Window {
  const { batchSize: B, inHeight: H, inWidth: W, outHeight: OH, outWidth: OW, filterHeight: k, strideHeight: stride, padInfo } = info
  return { B, H, W, C: Math.ceil(info.inChannels / 4) * 4, OH, OW, k, stride, top: padInfo.top, left: padInfo.left }
}

function forward(host: Host, x: TensorInfo, filter: TensorInfo, info: Info): TensorInfo {
  const image = withPaddedChannels(host, x, 3)
  const weights = withPaddedChannels(host, filter, 2)
  const y = convolve(host, image.padded, weights.padded, windowOf(info), false)
  image.done()
  weights.done()
  return cutTo(host, y, info.outShape)
}

function inputGradient(host: Host, dy: TensorInfo, filter: TensorInfo, info: Info): TensorInfo {
  const gradient = withPaddedChannels(host, dy, 3)
  const weights = withPaddedChannels(host, filter, 2)
  const dx = inputGradientOf(host, gradient.padded, weights.padded, windowOf(info))
  gradient.done()
  weights.done()
  return cutTo(host, dx, info.inShape)
}

function inputGradientOf(host: Host, dy: TensorInfo, filter: TensorInfo, window: Window): TensorInfo {
  const { B, H, W, C, OH, OW, k, stride, top, left } = window
  if (stride === 1) {
    // The convolution of dy with the turned filter.
    const turned = { ...window, H: OH, W: OW, OH: H, OW: W, top: k - 1 - top, left: k - 1 - left }
    return convolve(host, dy, filter, turned, true)
  }
  const dx = allocate(host, [B, H, W, C])
  const addresses = [dy, filter, dx].map((tensor) => address(host, tensor))
  host.pool.run('depthwiseInputGradient', [...addresses, ...sizesOf(window)], B * H, W * C * k * k)
  return dx
}

function filterGradient(host: Host, x: TensorInfo, dy: TensorInfo, info: Info): TensorInfo {
  const image = withPaddedChannels(host, x, 3)
  const gradient = withPaddedChannels(host, dy, 3)
  const window = windowOf(info)
  const { B, C, OH, OW, k } = window
  const sums = allocate(host, [PARTS, C, k * k])
  const dw = allocate(host, [k, k, C, 1])
  const { scratch, ring } = ringFor(host, window)
  const addresses = [image.padded, gradient.padded, sums].map((tensor) => address(host, tensor))
  const work = (B * OH * OW * C * k * k) / PARTS
  host.pool.run('depthwiseFilterSums', [...addresses, B, ...sizesOf(window), PARTS, ...ring], PARTS, work)
  host.pool.run('depthwiseUnpackSums', [address(host, sums), address(host, dw), C, k * k, PARTS], C / 4, 4 * k * k * PARTS)
  release(host, sums, scratch)
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
