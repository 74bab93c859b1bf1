/**
 * @file The two kinds of convolution as operations whose saved tensors go on the way back ([Note: Freed on the way back]). They run the
 * engine's kernels of the stock names, so an engine with better ones registers those.
 */
import { conv2d, depthwiseConv2d, engine, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import { withGradient } from './with-gradient'

/** Convolution of x [B, H, W, C] with kernel [h, w, C, D], 'same' padding. Differentiable in both. */
export function convolution(x_BHWC: Tensor4D, kernel: Tensor4D, stride: 1 | 2): Tensor4D {
  return withGradient<Tensor4D>(
    [x_BHWC, kernel],
    (save) => {
      save([x_BHWC, kernel])
      return conv2d(x_BHWC, kernel, stride, 'same')
    },
    (dy, [x, filter]) => {
      const attributes = { strides: stride, pad: 'same', dataFormat: 'NHWC' }
      return [
        run('Conv2DBackpropInput', { dy, filter: filter! }, { ...attributes, inputShape: x!.shape }),
        run('Conv2DBackpropFilter', { x: x!, dy }, { ...attributes, filterShape: filter!.shape }),
      ]
    },
  )
}

/**
 * The same of a network's images, which no weight has made: differentiable in the kernel alone. The gradient of the images took 0.9 of
 * 9 ms of processor time a galaxy and step (W+20, 64 px, engine wasm).
 */
export function imageConvolution(images_BHWC: Tensor4D, kernel: Tensor4D, stride: 1 | 2): Tensor4D {
  return withGradient<Tensor4D>(
    [kernel],
    (save) => {
      save([images_BHWC])
      return conv2d(images_BHWC, kernel, stride, 'same')
    },
    (dy, [images]) => {
      const attributes = { strides: stride, pad: 'same', dataFormat: 'NHWC', filterShape: kernel.shape }
      return [run('Conv2DBackpropFilter', { x: images!, dy }, attributes)]
    },
  )
}

/** One filter per channel: x [B, H, W, C] with kernel [h, w, C, 1], 'same' padding. Differentiable in both. */
export function depthwiseConvolution(x_BHWC: Tensor4D, kernel: Tensor4D, stride: 1 | 2): Tensor4D {
  return withGradient<Tensor4D>(
    [x_BHWC, kernel],
    (save) => {
      save([x_BHWC, kernel])
      return depthwiseConv2d(x_BHWC, kernel, stride, 'same')
    },
    (dy, [x, filter]) => {
      const attributes = { strides: stride, pad: 'same', dilations: 1 }
      return [
        run('DepthwiseConv2dNativeBackpropInput', { dy, filter: filter! }, { ...attributes, inputShape: x!.shape }),
        run('DepthwiseConv2dNativeBackpropFilter', { x: x!, dy }, { ...attributes, filterShape: filter!.shape }),
      ]
    },
  )
}

function run(kernel: string, inputs: Record<string, Tensor>, attributes: Record<string, string | number | number[]>): Tensor {
  return engine().runKernel(kernel, inputs, attributes) as Tensor
}
