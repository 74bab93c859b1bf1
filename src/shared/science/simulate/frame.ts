/** A square exposure in the bands g, r and i: light in nanomaggies per pixel (r = 22.5 gives 1), row by row from the top. */
export type Frame = {
  readonly sizePx: number
  readonly pixelArcsec: number
  readonly g: Float32Array
  readonly r: Float32Array
  readonly i: Float32Array
}

/** What a source's light in r is multiplied by in each band. */
export type BandWeights = { readonly g: number; readonly r: number; readonly i: number }

export const bands = ['g', 'r', 'i'] as const

export function createFrame(sizePx: number, pixelArcsec: number): Frame {
  const plane = () => new Float32Array(sizePx * sizePx)
  return { sizePx, pixelArcsec, g: plane(), r: plane(), i: plane() }
}

/** Band weights of the colours g - r and r - i in magnitudes. */
export function bandWeights(colourGr: number, colourRi: number): BandWeights {
  return { g: 10 ** (-0.4 * colourGr), r: 1, i: 10 ** (0.4 * colourRi) }
}

/** Light in nanomaggies of a source of this magnitude. */
export const nanomaggies = (magnitude: number) => 10 ** (0.4 * (22.5 - magnitude))

/** The pixel column or row, as a real number, of an offset from the middle of the frame; whole numbers are the middles of pixels. */
export const toPx = (frame: Frame, offsetArcsec: number) => offsetArcsec / frame.pixelArcsec + frame.sizePx / 2 - 0.5

/** The rows or columns within `radiusArcsec` of `offsetArcsec` that lie in the frame, as `[from, to)`. */
export function span(frame: Frame, offsetArcsec: number, radiusArcsec: number): [number, number] {
  const middle = toPx(frame, offsetArcsec)
  const radius = radiusArcsec / frame.pixelArcsec
  return [Math.max(0, Math.floor(middle - radius)), Math.min(frame.sizePx, Math.ceil(middle + radius) + 1)]
}

/**
 * Adds to `plane` a source whose brightness at the offset (x, y) in arcsec from its middle goes as `profile(x, y)`, out to `radiusArcsec`.
 * `light` is its whole light in nanomaggies, `totalOverPeak` the integral of the profile in square arcsec; what lies outside the frame is lost.
 */
export function stamp(
  frame: Frame,
  plane: Float32Array,
  source: { xArcsec: number; yArcsec: number; radiusArcsec: number; light: number; totalOverPeak: number },
  profile: (xArcsec: number, yArcsec: number) => number,
): void {
  const { sizePx, pixelArcsec } = frame
  const [left, right] = span(frame, source.xArcsec, source.radiusArcsec)
  const [top, bottom] = span(frame, source.yArcsec, source.radiusArcsec)
  const xPx = toPx(frame, source.xArcsec)
  const yPx = toPx(frame, source.yArcsec)
  const scale = (source.light * pixelArcsec ** 2) / source.totalOverPeak
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) plane[y * sizePx + x]! += scale * profile((x - xPx) * pixelArcsec, (y - yPx) * pixelArcsec)
  }
}

/** Convolves all bands with a Gaussian of this full width at half maximum and moves each right and down by its offset; borders repeat. */
export function blur(
  frame: Frame,
  fwhmArcsec: number,
  offsetArcsec: Readonly<Record<(typeof bands)[number], readonly [number, number]>>,
): void {
  const { sizePx, pixelArcsec } = frame
  for (const band of bands) {
    const [across, down] = offsetArcsec[band].map((offset) => gaussianKernel(fwhmArcsec / pixelArcsec, offset / pixelArcsec)) as [
      Float32Array,
      Float32Array,
    ]
    const padded = new Float32Array(sizePx + Math.max(across.length, down.length))
    for (let row = 0; row < sizePx; row++) blurLine(frame[band], row * sizePx, 1, sizePx, across, padded)
    for (let column = 0; column < sizePx; column++) blurLine(frame[band], column, sizePx, sizePx, down, padded)
  }
}

function gaussianKernel(fwhmPx: number, offsetPx: number): Float32Array {
  const sigmaPx = fwhmPx / 2.3548
  const reach = Math.ceil(3 * sigmaPx + Math.abs(offsetPx))
  const kernel = Float32Array.from({ length: 2 * reach + 1 }, (_, tap) => Math.exp(-((tap - reach + offsetPx) ** 2) / (2 * sigmaPx ** 2)))
  const total = kernel.reduce((sum, weight) => sum + weight, 0)
  return kernel.map((weight) => weight / total)
}

function blurLine(plane: Float32Array, start: number, step: number, length: number, kernel: Float32Array, padded: Float32Array): void {
  const reach = (kernel.length - 1) / 2
  for (let at = 0; at < length + 2 * reach; at++) padded[at] = plane[start + step * Math.min(length - 1, Math.max(0, at - reach))]!
  for (let at = 0; at < length; at++) {
    let sum = 0
    for (let tap = 0; tap < kernel.length; tap++) sum += kernel[tap]! * padded[at + tap]!
    plane[start + step * at] = sum
  }
}
