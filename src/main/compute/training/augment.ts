/**
 * The views of a galaxy that a network trains on and predicts from: a stored square grey image [S, S] of bytes becomes a view
 * [sizePx, sizePx] of floats 0..1, sampled once, bilinearly, through one rotation, flip, zoom and shift. Beyond the border it is reflected.
 */
import type { Random } from '@shared/science/stats/random'

/**
 * `w21`: rotation by any angle, flips, crop of 224 of 300 pixels (Walmsley et al. 2022). `w20`: flips, rotation 0..180°, zoom 1.1..1.3
 * anywhere in the frame, contrast 0.98..1.02, brightness ±0.05 (Walmsley et al. 2020). `none`: the centred view of w20.
 */
export type AugmentationStyle = 'w20' | 'w21' | 'none'

/** View to stored pixels: flip, scale (stored pixels per view pixel), rotate, shift (stored pixels); then contrast and brightness. */
export type ViewTransform = {
  scale: number
  angleRad: number
  isFlipped: boolean
  shiftX: number
  shiftY: number
  contrast: number
  brightness: number
}

const W21_FIELD = 300 / 224
const W20_ZOOM = { min: 1.1, centred: 1.2, max: 1.3 }

/** The side to store images at so that views are neither blurred nor undersampled. */
export function storedSidePx(style: AugmentationStyle, sizePx: number): number {
  return Math.round(sizePx * (style === 'w21' ? W21_FIELD : W20_ZOOM.centred))
}

/** The view without chance: upright, the middle of the image. Validation and the fast mode of prediction use it. */
export function centredTransform(style: AugmentationStyle, storedSizePx: number, sizePx: number): ViewTransform {
  const field = style === 'w21' ? W21_FIELD : W20_ZOOM.centred
  const scale = storedSizePx / (sizePx * field)
  return { scale, angleRad: 0, isFlipped: false, shiftX: 0, shiftY: 0, contrast: 1, brightness: 0 }
}

/** A view drawn from `random`. Its seven draws do not depend on the sizes. */
export function drawTransform(style: AugmentationStyle, storedSizePx: number, sizePx: number, random: Random): ViewTransform {
  if (style === 'none') return centredTransform(style, storedSizePx, sizePx)
  const within = (low: number, high: number) => low + (high - low) * random.next()
  // Mirrored or not, and any angle: a flip in the other direction is this one turned by half a circle, so one coin holds both flips.
  const isFlipped = random.next() < 0.5
  const angleRad = within(-Math.PI, Math.PI)
  const isW21 = style === 'w21'
  const zoom = within(W20_ZOOM.min, W20_ZOOM.max)
  const scale = storedSizePx / (sizePx * (isW21 ? W21_FIELD : zoom))
  const freePx = (storedSizePx - sizePx * scale) / 2
  const shiftX = within(-freePx, freePx)
  const shiftY = within(-freePx, freePx)
  const contrast = within(0.98, 1.02)
  const brightness = within(-0.05, 0.05)
  return { scale, angleRad, isFlipped, shiftX, shiftY, contrast: isW21 ? 1 : contrast, brightness: isW21 ? 0 : brightness }
}

/**
 * Writes the view of one image to `out[offset .. offset + sizePx²]`. `image` [S, S] row by row. Contrast is about the view's mean, and
 * values leave 0..1 only by contrast and brightness: cutting them off would swallow the sky.
 */
export function sampleView(
  image: Uint8Array,
  storedSizePx: number,
  sizePx: number,
  transform: ViewTransform,
  out: Float32Array,
  offset = 0,
): void {
  const { scale, angleRad, isFlipped, shiftX, shiftY, contrast, brightness } = transform
  const alongX = scale * Math.cos(angleRad) * (isFlipped ? -1 : 1)
  const alongY = scale * Math.sin(angleRad) * (isFlipped ? -1 : 1)
  const downX = -scale * Math.sin(angleRad)
  const downY = scale * Math.cos(angleRad)
  const half = (sizePx - 1) / 2
  const middle = (storedSizePx - 1) / 2
  let rowX = middle + shiftX - half * (alongX + downX)
  let rowY = middle + shiftY - half * (alongY + downY)
  let sum = 0
  let at = offset
  for (let row = 0; row < sizePx; row++, rowX += downX, rowY += downY) {
    let x = rowX
    let y = rowY
    for (let column = 0; column < sizePx; column++, x += alongX, y += alongY) {
      const value = bilinear(image, storedSizePx, x, y)
      out[at++] = value
      sum += value
    }
  }
  const count = sizePx * sizePx
  const gain = contrast / 255
  const lift = (sum / count / 255) * (1 - contrast) + brightness
  for (let i = offset; i < offset + count; i++) out[i] = out[i]! * gain + lift
}

function bilinear(image: Uint8Array, sizePx: number, x: number, y: number): number {
  const left = Math.floor(x)
  const top = Math.floor(y)
  const right = x - left
  const down = y - top
  const isInside = left >= 0 && top >= 0 && left < sizePx - 1 && top < sizePx - 1
  const x0 = isInside ? left : reflect(left, sizePx)
  const x1 = isInside ? left + 1 : reflect(left + 1, sizePx)
  const y0 = (isInside ? top : reflect(top, sizePx)) * sizePx
  const y1 = isInside ? y0 + sizePx : reflect(top + 1, sizePx) * sizePx
  const upper = image[y0 + x0]! + right * (image[y0 + x1]! - image[y0 + x0]!)
  const lower = image[y1 + x0]! + right * (image[y1 + x1]! - image[y1 + x0]!)
  return upper + down * (lower - upper)
}

/** Mirrors an index at the borders, each border pixel once: -1 is 0, `sizePx` is `sizePx - 1`. */
function reflect(index: number, sizePx: number): number {
  const period = 2 * sizePx
  const wrapped = ((index % period) + period) % period
  return wrapped < sizePx ? wrapped : period - 1 - wrapped
}
