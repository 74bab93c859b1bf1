import sharp from 'sharp'
import type { ImageFacts } from '@shared/contract/image'
import { isFitsName, readFitsFileLayout, type FitsLayout } from './fits/read-fits'
import { hasDeepValues } from './pixels'

const DEPTHS: Record<string, string> = {
  uchar: '8 bits',
  char: '8 bits with a sign',
  ushort: '16 bits',
  short: '16 bits with a sign',
  uint: '32 bits',
  int: '32 bits with a sign',
  float: 'float32',
}

/** What an image's file says of itself, by its head alone. Throws what `readFitsFileLayout` and sharp throw. */
export async function readFacts(path: string): Promise<ImageFacts> {
  if (isFitsName(path)) {
    const layout = readFitsFileLayout(path)
    return { wcs: layout.wcs, hasValues: true, description: describeFits(layout) }
  }
  if (/\.(jpe?g|webp)$/i.test(path)) return { wcs: null, hasValues: false, description: describe(path, '8 bits') }
  const metadata = await sharp(path).metadata()
  const depth = DEPTHS[metadata.depth] ?? metadata.depth
  if (hasDeepValues(metadata)) return { wcs: null, hasValues: true, description: describe(path, depth) }
  const note = metadata.depth === 'uchar' ? '' : ', of which the real values cannot be read: what you see are those of the picture'
  return { wcs: null, hasValues: false, description: describe(path, depth) + note }
}

const describe = (path: string, depth: string) =>
  `${/\.(jpe?g)$/i.test(path) ? 'JPEG' : /\.tiff?$/i.test(path) ? 'TIFF' : path.slice(path.lastIndexOf('.') + 1).toUpperCase()}, ${depth}`

function describeFits({ bitpix, bands, bandNames, unit, wcs, compression }: FitsLayout): string {
  const number = bitpix < 0 ? `float${-bitpix}` : `${bitpix} bits`
  const named = bandNames ? ` ${bandNames.join(' ')}` : ''
  return [
    'FITS',
    ...(unit.index === 0 ? [] : [`extension ${unit.index}${unit.name === null ? '' : ` ${unit.name}`}`]),
    number,
    ...(compression === null ? [] : [compression]),
    bands === 1 ? `one band${named}` : `${bands} bands${named}`,
    ...(wcs === null ? ['no known place on the sky'] : [wcs.frame === '' ? `${wcs.projection}` : `${wcs.projection}, ${wcs.frame}`]),
  ].join(', ')
}
