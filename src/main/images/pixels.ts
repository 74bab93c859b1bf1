import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import type { PixelHeader } from '@shared/contract/image'
import { isFitsName, readFits } from './fits/read-fits'

export type Pixels = { readonly header: PixelHeader; readonly bands: readonly Float32Array[] }

/**
 * The real values of an image whose file holds more than 8 bits: FITS, and PNG or TIFF of 16 bits. Null for one of 8 bits, of which the picture
 * is all there is, and for floating-point TIFF. Throws what `readFits` and sharp throw.
 */
export async function readDeepPixels(path: string): Promise<Pixels | null> {
  if (isFitsName(path)) {
    const { widthPx, heightPx, bands, bandNames } = readFits(await readFile(path))
    return { header: { widthPx, heightPx, bands: bands.length, bandNames: bandNames && [...bandNames], fullRange: null }, bands }
  }
  if (!/\.(png|tiff?)$/i.test(path)) return null
  const image = sharp(path, { failOn: 'truncated' })
  const { depth, channels } = await image.metadata()
  if (depth !== 'ushort') return null
  const { data, info } = await image
    .autoOrient()
    .removeAlpha()
    .toColourspace(channels > 2 ? 'rgb16' : 'grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true })
  const values = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
  const count = info.width * info.height
  const bands = Array.from({ length: info.channels }, (_, band) => {
    const plane = new Float32Array(count)
    for (let i = 0; i < count; i++) plane[i] = values[i * info.channels + band]!
    return plane
  })
  // Colours come red first; bands are told blue first, as those of surveys.
  if (bands.length === 3) bands.reverse()
  const bandNames = bands.length === 3 ? ['B', 'G', 'R'] : null
  return { header: { widthPx: info.width, heightPx: info.height, bands: bands.length, bandNames, fullRange: [0, 65_535] }, bands }
}
