/**
 * FITS images as pictures of 8 bits, which is what networks see and what a gallery shows.
 *
 * [Note: FITS as a picture] Bands g, r and z become the colours of Galaxy Zoo DECaLS: each divided by its scale, arcsinh, black at -0.5 and white
 * at 300, pixels of one dominant colour drawn towards grey. Any other bands are scaled each on its own: black at its 0.5th, white at its 99.9th
 * percentile, between them asinh(10 x) / asinh(10); one band is a grey picture, of two the mean is green, of more the first is blue, the middle
 * one green and the last red. A pixel without a finite value is black. Levels are cut off, not rounded, as the published pictures' were.
 */
import type { FitsImage } from './read-fits'

/** The colour plane of each band, and what its nanomaggies are divided by. */
const GRZ = { g: { plane: 2, scale: 0.008 }, r: { plane: 1, scale: 0.014 }, z: { plane: 0, scale: 0.019 } } as const
const BLACK = Math.asinh(-0.5)
const WHITE = Math.asinh(300)
/** The share of the mean colour at which one colour counts as dominant. */
const DOMINANT = 2.5

const LOW = 0.005
const HIGH = 0.999
const SOFTENING = 0.1
/** Percentiles are taken of at most so many pixels, at equal steps. */
const MOST_SORTED = 2 ** 18

export type Picture = { readonly pixels: Uint8Array; readonly channels: 1 | 3 }

/** The picture of a FITS image: [height, width, channels], grey for one band. See [Note: FITS as a picture]. */
export function renderFits({ bands, bandNames }: Pick<FitsImage, 'bands' | 'bandNames'>): Picture {
  const planes = grzPlanes(bands, bandNames)
  if (planes !== null) return { pixels: decalsColours(planes), channels: 3 }
  if (bands.length === 1) return { pixels: toBytes([scaledByPercentiles(bands[0]!)]), channels: 1 }
  const blue = scaledByPercentiles(bands[0]!)
  const red = scaledByPercentiles(bands.at(-1)!)
  const green =
    bands.length === 2 ? blue.map((value, i) => (value + red[i]!) / 2) : scaledByPercentiles(bands[Math.floor(bands.length / 2)]!)
  return { pixels: toBytes([red, green, blue]), channels: 3 }
}

/** The values at two shares 0..1 of the pixels that have one, in order; null when none has. */
export function percentiles(values: Float32Array, low: number, high: number): { low: number; high: number } | null {
  const step = Math.ceil(values.length / MOST_SORTED)
  const sorted = new Float32Array(Math.ceil(values.length / step))
  let count = 0
  for (let i = 0; i < values.length; i += step) if (Number.isFinite(values[i])) sorted[count++] = values[i]!
  if (count === 0) return null
  const found = sorted.subarray(0, count).sort()
  return { low: found[Math.floor(low * (count - 1))]!, high: found[Math.floor(high * (count - 1))]! }
}

function grzPlanes(bands: FitsImage['bands'], names: FitsImage['bandNames']): [Float32Array, Float32Array, Float32Array] | null {
  if (names?.length !== 3) return null
  const planes: Float32Array[] = []
  for (const [i, name] of names.entries()) {
    const known = GRZ[name as keyof typeof GRZ]
    if (known !== undefined) planes[known.plane] = bands[i]!
  }
  const [red, green, blue] = planes
  return red && green && blue ? [red, green, blue] : null
}

function decalsColours([z, r, g]: [Float32Array, Float32Array, Float32Array]): Uint8Array {
  const pixels = new Uint8Array(3 * z.length)
  const level = (value: number, scale: number) => (Math.asinh(value / scale) - BLACK) / (WHITE - BLACK)
  for (let i = 0; i < z.length; i++) {
    const red = level(z[i]!, GRZ.z.scale)
    const green = level(r[i]!, GRZ.r.scale)
    const blue = level(g[i]!, GRZ.g.scale)
    const sum = red + green + blue
    if (!Number.isFinite(sum)) continue
    const mean = sum === 0 ? 1 : sum / 3
    const excess = Math.min(1, Math.max(red / mean, green / mean, blue / mean) / DOMINANT)
    const weight = Math.sin(((1 - excess) * Math.PI) / 2)
    const rest = 1 - weight
    pixels[3 * i] = toByte(red * (weight + mean * rest * rest) + mean * rest)
    pixels[3 * i + 1] = toByte(green * (weight + mean * rest * rest) + mean * rest)
    pixels[3 * i + 2] = toByte(blue * (weight + mean * rest * rest) + mean * rest)
  }
  return pixels
}

function scaledByPercentiles(values: Float32Array): Float32Array {
  const range = percentiles(values, LOW, HIGH)
  const scaled = new Float32Array(values.length)
  if (range === null || range.high === range.low) return scaled
  const span = range.high - range.low
  const top = Math.asinh(1 / SOFTENING)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Number.isFinite(value)) scaled[i] = Math.asinh(Math.min(1, Math.max(0, (value - range.low) / span)) / SOFTENING) / top
  }
  return scaled
}

function toBytes(planes: readonly Float32Array[]): Uint8Array {
  const pixels = new Uint8Array(planes[0]!.length * planes.length)
  planes.forEach((plane, channel) => plane.forEach((value, i) => (pixels[i * planes.length + channel] = toByte(value))))
  return pixels
}

const toByte = (level: number) => Math.floor(255 * Math.min(1, Math.max(0, level)))
