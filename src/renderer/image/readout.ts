import { formatDec, formatRa } from '@shared/science/sky/sexagesimal'
import { pixelToSky, type SkyPoint, type Wcs } from '@shared/science/sky/wcs'
import { longitudeText, signedAngleText } from '../format'
import type { Point, Size } from './geometry'
import type { ToldPixels } from './pixel-messages'

/**
 * What is told of a point of an image, x to the right and y down from the upper left corner: its pixel and, a line below, its place on the sky, as far
 * as they are known. Empty outside of the image.
 */
export function readoutAt(point: Point, image: Size, pixels: ToldPixels | null, wcs: Wcs | null): string {
  const [column, row] = [Math.floor(point.x), Math.floor(point.y)]
  if (column < 0 || row < 0 || column >= image.width || row >= image.height) return ''
  // The middle of the lowest left pixel is 1, 1.
  const sky = wcs && pixelToSky(wcs, point.x + 0.5, image.height - point.y + 0.5)
  return [
    ...(pixels ? [formatPixel(column + 1, image.height - row, valueAt(pixels, row * pixels.widthPx + column), pixels.noValue)] : []),
    ...(wcs && sky ? [formatSky(wcs, sky)] : []),
  ].join('\n')
}

/** The values of one pixel in every band, as the file has them. */
export function valueAt({ bands }: ToldPixels, pixel: number): { name: string; value: number }[] {
  return bands.map(({ name, values, start, step }) => ({ name, value: values[start + step * pixel]! }))
}

/**
 * A pixel and its values for people: `x 12 y 30   g 0.01234   r 1.5   z NaN`. `x` and `y` count from 1 at the lower left, as FITS does; `noValue` is
 * what stands for NaN.
 */
export function formatPixel(x: number, y: number, values: readonly { name: string; value: number }[], noValue: 'NaN' | 'blank'): string {
  const shown = values.map(({ name, value }) => `${name === '' ? '' : `${name} `}${Number.isNaN(value) ? noValue : formatValue(value)}`)
  return [`x ${x} y ${y}`, ...shown].join('   ')
}

/** Six figures are what a float32 holds; whole numbers are exact. */
function formatValue(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value)
  return String(Number(value.toPrecision(6)))
}

/** A place on the sky for people, to a few thousandths of an arcsec: degrees, and of right ascension and declination hours too. */
export function formatSky({ axes, frame }: Pick<Wcs, 'axes' | 'frame'>, { longitudeDeg, latitudeDeg }: SkyPoint): string {
  const longitude = longitudeText(longitudeDeg, 6)
  const latitude = signedAngleText(latitudeDeg, 6)
  if (axes === 'galactic') return `l ${longitude}° b ${latitude}°`
  const named = frame === '' || frame === 'ICRS' ? '' : `   ${frame}`
  return `${longitude}° ${latitude}°   ${formatRa(longitudeDeg)} ${formatDec(latitudeDeg)}${named}`
}
