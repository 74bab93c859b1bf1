/** @file swish, bias with relu, the Adam update, and the kernels of pooling and of sums and products over the pixels of images. */
import { backend_util, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D, type TensorInfo } from '@tensorflow/tfjs-core'
import type { MaxPoolGradAttrs, MeanAttrs, SumAttrs } from '@tensorflow/tfjs-core'
import { adamStepReference, type AdamSettings, type AdamState } from '../../ops/adam'
import { swishReference } from '../../ops/swish-reference'
import { withGradient } from '../../ops/with-gradient'
import { address, allocate, numbers, release, replaceKernel, toTensor, type Host, type KernelCall } from './host'

/** Parts of a sum over the batch: fixed, so that the result does not depend on the number of threads. */
const PARTS = 8
const SWISH_WORK = 12

/** As `swish` of ops. */
export function swish(host: Host, x: Tensor): Tensor {
  if (x.size % 4 !== 0) return swishReference(x)
  const groups = x.size / 4
  const like = (tensor: Tensor, kernel: 'swish' | 'swishGradient', given: Tensor[]) => {
    const result = allocate(host, tensor.shape)
    const addresses = [...given, result].map((each) => address(host, each))
    host.pool.run(kernel, addresses, groups, 4 * SWISH_WORK)
    return toTensor(result)
  }
  return withGradient(
    [x],
    (save) => {
      save([x])
      return like(x, 'swish', [x])
    },
    (dy, [savedX]) => [like(x, 'swishGradient', [savedX!, dy])],
  )
}

/** As `biasRelu` of ops; null where C is not a multiple of 4. */
export function biasRelu(host: Host, x: Tensor, bias_C: Tensor1D): Tensor | null {
  const C = bias_C.shape[0]
  if (C % 4 !== 0) return null
  const rows = x.size / C
  return withGradient(
    [x, bias_C],
    (save) => {
      const y = allocate(host, x.shape)
      host.pool.run('biasRelu', [address(host, x), address(host, bias_C), address(host, y), C], rows, C)
      const result = toTensor(y)
      save([result])
      return result
    },
    (dy, [y]) => {
      const dx = allocate(host, dy.shape)
      const sums = allocate(host, [PARTS, C])
      const dbias = allocate(host, [C])
      const addresses = [y!, dy, dx, sums].map((tensor) => address(host, tensor))
      host.pool.run('biasReluGradient', [...addresses, rows, C, PARTS], PARTS, (rows * C) / PARTS)
      host.pool.run('addParts', [address(host, sums), address(host, dbias), C, PARTS], C, PARTS)
      release(host, sums)
      return [toTensor(dx), toTensor(dbias)]
    },
  )
}

/** As `meanPixels` of ops; null where C is not a multiple of 4. */
export function meanPixels(host: Host, x: Tensor4D): Tensor2D | null {
  return x.shape[3] % 4 === 0 ? toTensor(meanOfPixels(host, x, false)) : null
}

/** As `dotPixels` of ops; null where C is not a multiple of 4. */
export function dotPixels(host: Host, x: Tensor4D, y: Tensor4D): Tensor2D | null {
  const [B, H, W, C] = x.shape
  if (C % 4 !== 0) return null
  const sum = allocate(host, [B, C])
  host.pool.run('sumPixels', [address(host, x), address(host, y), address(host, sum), H * W, C], B, H * W * C)
  return toTensor(sum)
}

/** As `scalePixels` of ops; null where C is not a multiple of 4. */
export function scalePixels(host: Host, x: Tensor4D, scale_BC: Tensor2D, shift_BC: Tensor2D | null): Tensor4D | null {
  const [B, H, W, C] = x.shape
  if (C % 4 !== 0) return null
  const y = allocate(host, x.shape)
  const shift = shift_BC === null ? 0 : address(host, shift_BC)
  host.pool.run('scaleImages', [address(host, x), address(host, scale_BC), shift, address(host, y), H * W, C], B * H * W, C)
  return toTensor(y)
}

/** As `adamStep` of ops: new tensors, never a weight changed in place. */
export function adamStep(host: Host, state: AdamState, gradient: Tensor, step: number, settings: AdamSettings): AdamState {
  const { size, shape } = state.value
  if (size % 4 !== 0) return adamStepReference(state, gradient, step, settings)
  const { learningRate, beta1, beta2, epsilon } = settings
  const made = [allocate(host, shape), allocate(host, shape), allocate(host, shape)] as const
  const addresses = [state.value, gradient, state.firstMoment, state.secondMoment, ...made].map((tensor) => address(host, tensor))
  const scales = [1 / (1 - beta1 ** step), 1 / (1 - beta2 ** step)]
  host.pool.run('adam', [...addresses, learningRate, beta1, beta2, epsilon, ...scales], size / 4, 16)
  const [value, firstMoment, secondMoment] = made
  return { value: toTensor(value), firstMoment: toTensor(firstMoment), secondMoment: toTensor(secondMoment) }
}

/** Whether these axes are the pixels of images [B, H, W, C] whose channels come in fours. */
function arePixels(x: TensorInfo, axis: number | number[]): boolean {
  const axes = [axis].flat()
  return x.shape.length === 4 && x.dtype === 'float32' && x.shape[3]! % 4 === 0 && axes.length === 2 && axes.includes(1) && axes.includes(2)
}

/** [B, C] or, with `keepDims`, [B, 1, 1, C]: the sum over the pixels. Stock sums transpose the whole tensor first. */
function sumPixels(host: Host, x: TensorInfo, keepDims: boolean): TensorInfo {
  const [B, H, W, C] = x.shape as [number, number, number, number]
  const sum = allocate(host, keepDims ? [B, 1, 1, C] : [B, C])
  host.pool.run('sumPixels', [address(host, x), 0, address(host, sum), H * W, C], B, H * W * C)
  return sum
}

function meanOfPixels(host: Host, x: TensorInfo, keepDims: boolean): TensorInfo {
  const mean = sumPixels(host, x, keepDims)
  const pixels = x.shape[1]! * x.shape[2]!
  const values = numbers(host, mean)
  values.forEach((sum, i) => (values[i] = sum / pixels))
  return mean
}

/** x [B, H, W, C] and one factor per image and channel [B, 1, 1, C], whichever way round they come; null for other shapes. */
function imagesAndFactors({ a, b }: Record<'a' | 'b', TensorInfo>): { x: TensorInfo; factors: TensorInfo } | null {
  const fits = (x: TensorInfo, f: TensorInfo) =>
    x.dtype === 'float32' &&
    f.dtype === 'float32' &&
    x.shape.length === 4 &&
    f.shape.length === 4 &&
    x.shape[3]! % 4 === 0 &&
    f.shape[0] === x.shape[0] &&
    f.shape[1] === 1 &&
    f.shape[2] === 1 &&
    f.shape[3] === x.shape[3]
  if (fits(a, b)) return { x: a, factors: b }
  return fits(b, a) ? { x: b, factors: a } : null
}

export function registerElementwise(host: Host): void {
  // The stock kernel copies; a tensor is never written to, so another reference does.
  replaceKernel('Identity', ({ inputs: { x } }: KernelCall<'x'>) => {
    host.backend.incRef(x.dataId)
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
  })
  replaceKernel('Sum', (call: KernelCall<'x', SumAttrs & { keepDims: boolean }>, stock) =>
    arePixels(call.inputs.x, call.attrs.axis) ? sumPixels(host, call.inputs.x, call.attrs.keepDims) : stock(),
  )
  replaceKernel('Mean', (call: KernelCall<'x', MeanAttrs>, stock) => {
    const { x } = call.inputs
    return arePixels(x, call.attrs.axis) ? meanOfPixels(host, x, call.attrs.keepDims) : stock()
  })
  replaceKernel('Multiply', (call: KernelCall<'a' | 'b'>, stock) => {
    const found = imagesAndFactors(call.inputs)
    if (found === null) return stock()
    const [B, H, W, C] = found.x.shape as [number, number, number, number]
    const y = allocate(host, found.x.shape)
    host.pool.run('scaleImages', [address(host, found.x), address(host, found.factors), 0, address(host, y), H * W, C], B * H * W, C)
    return y
  })
  replaceKernel('MaxPoolGrad', ({ inputs, attrs }: KernelCall<'dy' | 'input' | 'output', MaxPoolGradAttrs>) =>
    maxPoolGradient(host, inputs, attrs),
  )
}

/** Every shape is ours: the stock kernel of 4.22 gives wrong gradients, for windows of 2 and of 3 alike. */
function maxPoolGradient(host: Host, inputs: Record<'dy' | 'input' | 'output', TensorInfo>, attrs: MaxPoolGradAttrs): TensorInfo {
  const { dy, input, output } = inputs
  const { filterSize, strides, pad, dimRoundingMode } = attrs
  const info = backend_util.computePool2DInfo(input.shape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode)
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } =
    info
  const dx = allocate(host, input.shape)
  const isHalving = [filterHeight, filterWidth, strideHeight, strideWidth].every((side) => side === 2)
  if (isHalving && inHeight % 2 === 0 && inWidth % 2 === 0 && inChannels % 4 === 0) {
    const addresses = [input, output, dy, dx].map((tensor) => address(host, tensor))
    host.pool.run('maxPoolGradient', [...addresses, inWidth, inChannels], batchSize * outHeight, inWidth * inChannels * 4)
    return dx
  }
  const addresses = [input, dy, dx].map((tensor) => address(host, tensor))
  const window = [filterHeight, filterWidth, strideHeight, strideWidth, padInfo.top, padInfo.left]
  const work = outHeight * outWidth * inChannels * filterHeight * filterWidth
  host.pool.run('maxPoolGradientOfWindow', [...addresses, inHeight, inWidth, inChannels, outHeight, outWidth, ...window], batchSize, work)
  return dx
}
