/**
 * @file What squeeze and excitation and the last average do over the pixels of images [B, H, W, C]: each one pass over the data where the
 * engine has the kernel. Only `meanPixels` has a gradient; the others are parts of gradients and of larger operations.
 */
import { add, mean, mul, reshape, sum, tidy, zeros, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core'
import { fusedOperations } from './registry'
import { withGradient } from './with-gradient'

const pixelAxes = [1, 2]

/** Mean over height and width, [B, C]. Differentiable: each pixel gets its share dy / (H W). */
export function meanPixels(x_BHWC: Tensor4D): Tensor2D {
  const [, height, width] = x_BHWC.shape
  const shape = x_BHWC.shape
  return withGradient<Tensor2D>(
    [x_BHWC],
    () => meanOverPixels(x_BHWC),
    (dy) => [spreadOverPixels(mul(dy, 1 / (height * width)), shape)],
  )
}

/** Mean over height and width, [B, C], off the gradient's record. */
export function meanOverPixels(x_BHWC: Tensor4D): Tensor2D {
  return fusedOperations().meanPixels?.(x_BHWC) ?? mean(x_BHWC, pixelAxes)
}

/** Sum of x · y over height and width, [B, C]. */
export function dotPixels(x_BHWC: Tensor4D, y_BHWC: Tensor4D): Tensor2D {
  return fusedOperations().dotPixels?.(x_BHWC, y_BHWC) ?? dotPixelsReference(x_BHWC, y_BHWC)
}

/** dotPixels composed of stock operations. */
export function dotPixelsReference(x_BHWC: Tensor4D, y_BHWC: Tensor4D): Tensor2D {
  return tidy(() => sum(mul(x_BHWC, y_BHWC), pixelAxes))
}

/** x · scale + shift, scale and shift of [B, C] the same for all pixels of a galaxy; null is no shift. */
export function scalePixels(x_BHWC: Tensor4D, scale_BC: Tensor2D, shift_BC: Tensor2D | null): Tensor4D {
  return fusedOperations().scalePixels?.(x_BHWC, scale_BC, shift_BC) ?? scalePixelsReference(x_BHWC, scale_BC, shift_BC)
}

/** scalePixels composed of stock operations. */
export function scalePixelsReference(x_BHWC: Tensor4D, scale_BC: Tensor2D, shift_BC: Tensor2D | null): Tensor4D {
  const [batch, , , channels] = x_BHWC.shape
  const perImage = (values_BC: Tensor2D) => reshape(values_BC, [batch, 1, 1, channels])
  return tidy(() => {
    const scaled: Tensor4D = mul(x_BHWC, perImage(scale_BC))
    return shift_BC === null ? scaled : add(scaled, perImage(shift_BC))
  })
}

/** The same value [B, C] at every pixel of [B, H, W, C]. */
function spreadOverPixels(values_BC: Tensor2D, shape: Tensor4D['shape']): Tensor4D {
  const [batch, , , channels] = shape
  return tidy(() => add(zeros(shape), reshape(values_BC, [batch, 1, 1, channels])))
}
