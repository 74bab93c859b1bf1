/**
 * The bands of an image as codes: small whole numbers in the order of the values. A stretch of millions of pixels is then a table with one entry
 * per code, and a histogram is a count. Bytes are their own codes; measured values get 65,535 codes that lie closest around the sky.
 */
import type { PixelHeader } from '@shared/contract/image'
import { zscale } from './zscale'

export type Range = { readonly low: number; readonly high: number }

/**
 * Between which values black and white lie. `auto`: without the darkest 0.5 % and the brightest 0.1 % of the pixels; `central`: the middle 99.5 %;
 * `zscale`: as IRAF and DS9; `full`: the least to the greatest, or all that a file of this kind can hold.
 */
export const limitKinds = ['auto', 'central', 'zscale', 'full'] as const
export type LimitKind = (typeof limitKinds)[number]

/** `values`: what each code stands for, NaN for no value; `counts`: how many pixels have it. */
export type Plane = {
  readonly name: string
  readonly values: Float32Array
  readonly counts: Uint32Array
  readonly limits: Readonly<Record<LimitKind, Range>>
}

/** `isPicture`: red, green and blue as the file is drawn; else the bands of the file, in its order. */
export type Planes<P extends Plane = Plane> = {
  readonly widthPx: number
  readonly heightPx: number
  readonly isPicture: boolean
  readonly planes: readonly P[]
}

/** `codes[start + step · i]` is the code of pixel i. */
export type CodedPlane = Plane & { readonly codes: Uint8ClampedArray | Uint16Array; readonly start: number; readonly step: number }

/** The shares of the pixels that limits leave out at either end. */
const LEFT_OUT = { auto: [0.005, 0.001], central: [0.0025, 0.0025] } as const
const CODES = 65_536

const byteValues = Float32Array.from({ length: 256 }, (_, level) => level)

/** Red, green and blue of a picture, as a canvas gives them: [height, width, 4]. */
export function planesOfPicture(rgba: Uint8ClampedArray, widthPx: number, heightPx: number): Planes<CodedPlane> {
  const planes = ['R', 'G', 'B'].map((name, start): CodedPlane => {
    const counts = new Uint32Array(256)
    for (let at = start; at < rgba.length; at += 4) counts[rgba[at]!]!++
    const levels = new Uint8ClampedArray(rgba.length / 4)
    for (let i = 0, at = start; i < levels.length; i++, at += 4) levels[i] = rgba[at]!
    const limits = limitsOf(byteValues, counts, levels, widthPx, { low: 0, high: 255 })
    return { name, codes: rgba, start, step: 4, values: byteValues, counts, limits }
  })
  return { widthPx, heightPx, isPicture: true, planes }
}

/** The bands of an image with real values, in the order of the file. */
export function planesOfValues(
  { widthPx, heightPx, bandNames, fullRange }: PixelHeader,
  bands: readonly Float32Array[],
): Planes<CodedPlane> {
  const planes = bands.map((exact, i): CodedPlane => {
    const { codes, values, counts } = encode(exact)
    // Code 0 is no value; the ends of the table are the least and the greatest value.
    const full = fullRange ? { low: fullRange[0], high: fullRange[1] } : { low: values[1]!, high: values[CODES - 1]! }
    const limits = limitsOf(values, counts, exact, widthPx, full)
    return { name: bandName(bandNames, i, bands.length), codes, start: 0, step: 1, values, counts, limits }
  })
  return { widthPx, heightPx, isPicture: false, planes }
}

/** As the file names it; one band alone has no name. */
export function bandName(names: readonly string[] | null, band: number, bands: number): string {
  return names?.[band] ?? (bands === 1 ? '' : `band ${band + 1}`)
}

/** How many pixels lie in each of `bins` equal parts of a range; those outside are left out. */
export function histogram({ values, counts }: Pick<Plane, 'values' | 'counts'>, { low, high }: Range, bins: number): Uint32Array {
  const found = new Uint32Array(bins)
  if (high <= low) return found
  for (let code = 0; code < counts.length; code++) {
    const bin = Math.floor(((values[code]! - low) / (high - low)) * bins)
    const last = values[code] === high ? bins - 1 : bin
    if (last >= 0 && last < bins) found[last]! += counts[code]!
  }
  return found
}

/** asinh((value - middle) / width): fine steps where the sky is, and steps of a constant share far above it. */
function encode(exact: Float32Array): { codes: Uint16Array; values: Float32Array; counts: Uint32Array } {
  const codes = new Uint16Array(exact.length)
  const values = new Float32Array(CODES).fill(NaN)
  const counts = new Uint32Array(CODES)
  const { middle, width, low, high } = spread(exact)
  if (low > high) {
    counts[0] = exact.length
    return { codes, values, counts }
  }
  const first = Math.asinh((low - middle) / width)
  const step = (Math.asinh((high - middle) / width) - first) / (CODES - 2) || 1
  for (let code = 1; code < CODES; code++) values[code] = middle + width * Math.sinh(first + (code - 1) * step)
  // The ends exactly; an image that is the same everywhere has one value.
  if (high > low) [values[1], values[CODES - 1]] = [low, high]
  else values.fill(low, 1)
  for (let i = 0; i < exact.length; i++) {
    const value = exact[i]!
    const code = Number.isFinite(value) ? 1 + Math.round((Math.asinh((value - middle) / width) - first) / step) : 0
    codes[i] = code
    counts[code]!++
  }
  return { codes, values, counts }
}

const MOST_SORTED = 65_536

/** The median, the distance from it to the darkest sixth (one sigma of noise), and the ends; of finite values alone. */
function spread(exact: Float32Array): { middle: number; width: number; low: number; high: number } {
  const step = Math.ceil(exact.length / MOST_SORTED)
  const some = new Float32Array(Math.ceil(exact.length / step))
  let count = 0
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < exact.length; i++) {
    const value = exact[i]!
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
    if (i % step === 0) some[count++] = value
  }
  const sorted = some.subarray(0, count).sort()
  const middle = sorted[count >> 1] ?? low
  const noise = middle - (sorted[Math.floor(count / 6)] ?? middle)
  // An image of few different values, such as a mask, has no noise.
  return { middle, width: noise > 0 ? noise : Math.max((high - low) / 1_000, Number.MIN_VALUE), low, high }
}

function limitsOf(
  values: Float32Array,
  counts: Uint32Array,
  pixels: Float32Array | Uint8ClampedArray,
  widthPx: number,
  full: Range,
): Plane['limits'] {
  const without = ([darkest, brightest]: readonly [number, number]) => rangeWithout(values, counts, darkest, brightest) ?? full
  const sky = zscale(pixels, widthPx)
  return { auto: without(LEFT_OUT.auto), central: without(LEFT_OUT.central), zscale: sky && sky.high > sky.low ? sky : full, full }
}

function rangeWithout(values: Float32Array, counts: Uint32Array, darkest: number, brightest: number): Range | null {
  let total = 0
  for (let code = 0; code < counts.length; code++) if (!Number.isNaN(values[code])) total += counts[code]!
  let seen = 0
  let low: number | null = null
  for (let code = 0; code < counts.length; code++) {
    if (counts[code] === 0 || Number.isNaN(values[code])) continue
    seen += counts[code]!
    if (low === null && seen > darkest * total) low = values[code]!
    if (low !== null && seen >= (1 - brightest) * total) return values[code]! > low ? { low, high: values[code]! } : null
  }
  return null
}

/** The values at black and white, for people. */
export function shownRange({ name }: Plane, { low, high }: Range, { black, white }: { black: number; white: number }) {
  const shown = (share: number) => `${name === '' || name === 'R' ? '' : `${name} `}${Number((low + share * (high - low)).toPrecision(4))}`
  return { black: shown(black), white: shown(white) }
}
