/** How values become brightness: the curves of the image viewer, as tables that are looked up once per pixel. */

export const stretches = ['picture', 'linear', 'log', 'sqrt', 'asinh'] as const
/** `picture` is the image as its file, or the program for FITS files, draws it; the others are curves over the real values. */
export type Stretch = (typeof stretches)[number]

/** As astropy's LogStretch and AsinhStretch by default. */
const LOG_STEEPNESS = 1_000
const ASINH_SOFTENING = 0.1

/** Brightness 0..1 of a share 0..1 of the way from black to white; each curve goes from 0 to 1 and never falls. */
export function stretched(stretch: Stretch, share: number): number {
  switch (stretch) {
    case 'picture':
    case 'linear':
      return share
    case 'sqrt':
      return Math.sqrt(share)
    case 'log':
      return Math.log1p(LOG_STEEPNESS * share) / Math.log1p(LOG_STEEPNESS)
    case 'asinh':
      return Math.asinh(share / ASINH_SOFTENING) / Math.asinh(1 / ASINH_SOFTENING)
  }
}

export type Levels = { readonly stretch: Stretch; readonly black: number; readonly white: number; readonly isInverted: boolean }

/** The brightness 0..255 of each code of a plane, of whose `values` black and white are two; NaN, a pixel without a value, is always dark. */
export function levelTable(values: Float32Array, { stretch, black, white, isInverted }: Levels): Uint8ClampedArray {
  const table = new Uint8ClampedArray(values.length)
  const span = white - black
  for (let code = 0; code < values.length; code++) {
    const value = values[code]!
    if (Number.isNaN(value)) continue
    const share = span > 0 ? Math.min(1, Math.max(0, (value - black) / span)) : value >= white ? 1 : 0
    const level = 255 * stretched(stretch, share)
    table[code] = isInverted ? 255 - level : level
  }
  return table
}
