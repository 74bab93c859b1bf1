import sharp, { type Metadata, type Sharp } from 'sharp'
import { AppError } from '@shared/science/errors'
import type { PixelHeader } from '@shared/contract/image'
import { isFitsName, MOST_VALUES, readFitsFile } from './fits/read-fits'

export type Pixels = { readonly header: PixelHeader; readonly bands: readonly Float32Array[] }

/**
 * The real values of an image whose file holds more than 8 bits: FITS, and PNG or TIFF of `hasDeepValues`. Null for any other, of which the picture
 * is all there is. Throws what `readFitsFile` and sharp throw, and `image/too-large`.
 */
export async function readDeepPixels(path: string): Promise<Pixels | null> {
  if (isFitsName(path)) {
    const { widthPx, heightPx, bands, bandNames, hasBlank } = readFitsFile(path)
    const names = bandNames && [...bandNames]
    const noValue = hasBlank ? 'blank' : 'NaN'
    return { header: { widthPx, heightPx, bands: bands.length, bandNames: names, fullRange: null, noValue }, bands }
  }
  if (!/\.(png|tiff?)$/i.test(path)) return null
  const image = sharp(path, { failOn: 'truncated' })
  const metadata = await image.metadata()
  return hasDeepValues(metadata) ? readWithSharp(image, metadata) : null
}

/**
 * Whether sharp gives the numbers of a PNG or TIFF as they stand in the file: 16 and 32 bits whole, with a sign or without, and float32. Of grey
 * images of 16 bits with a sign it cuts off what is below zero; float64 it does not read at all.
 */
export function hasDeepValues({ depth, channels }: Metadata): boolean {
  return depth === 'ushort' || depth === 'uint' || depth === 'int' || depth === 'float' || (depth === 'short' && channels > 1)
}

async function readWithSharp(image: Sharp, { depth, space, width, height, channels }: Metadata): Promise<Pixels> {
  if (width * height * channels > MOST_VALUES)
    throw new AppError('image/too-large', `it has ${width} × ${height} pixels, of which the values are not read; cut the galaxy out of it`)
  const is16 = depth === 'ushort'
  const { data, info } = await image
    .autoOrient()
    .removeAlpha()
    // Of 16 bits without a sign, so that sharp keeps them; numbers of other kinds stay in their own space, in which nothing is converted.
    .toColourspace(is16 ? (channels > 2 ? 'rgb16' : 'grey16') : space)
    .raw({ depth: is16 ? 'ushort' : 'float' })
    .toBuffer({ resolveWithObject: true })
  const count = info.width * info.height
  const values = is16
    ? new Uint16Array(data.buffer, data.byteOffset, count * info.channels)
    : new Float32Array(data.buffer, data.byteOffset, count * info.channels)
  const bands = Array.from({ length: info.channels }, (_, band) => {
    const plane = new Float32Array(count)
    for (let i = 0, from = band; i < count; i++, from += info.channels) plane[i] = values[from]!
    return plane
  })
  // Colours come red first; bands are told blue first, as those of surveys.
  if (bands.length === 3) bands.reverse()
  const bandNames = bands.length === 3 ? ['B', 'G', 'R'] : null
  const header = { widthPx: info.width, heightPx: info.height, bands: bands.length, bandNames, noValue: 'NaN' } as const
  return { header: { ...header, bandNames: bandNames && [...bandNames], fullRange: is16 ? [0, 65_535] : null }, bands }
}
