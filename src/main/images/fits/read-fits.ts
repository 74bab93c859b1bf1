/**
 * Images in FITS files, read without any library (FITS Standard 4.0): the first image of the file with two axes, or three where the third holds
 * bands. Rows come from the top down, as in every other image: FITS counts them from the bottom, so north stays up where it is up.
 */
import { gunzipSync } from 'node:zlib'
import { AppError } from '@shared/science/errors'
import { fitsUnits, wholeNumber, type FitsHeader, type FitsUnit } from './header'
import { headerPixelScale } from './pixel-scale'
import { readPixels } from './pixels'

/** More planes than any set of filters has: a cube of spectra is no picture. */
const MOST_BANDS = 16
/** A small .gz can hold any number of zeros. */
const MOST_BYTES = 2 ** 30

/** What a header says of the image. `bandNames`: one per band, null where the header has none. Null pixel scale: unknown. */
export type FitsLayout = {
  readonly widthPx: number
  readonly heightPx: number
  readonly bands: number
  readonly bandNames: readonly string[] | null
  readonly pixelScaleArcsec: number | null
}

/** `bands`: the values of each band [height · width], rows from the top down, NaN where there is none. */
export type FitsImage = Omit<FitsLayout, 'bands'> & { readonly bands: readonly Float32Array[] }

/** The endings of FITS files. One that ends in .fz is known so that it can be refused with the reason. */
export const fitsEndings: readonly string[] = ['.fits', '.fit', '.fts', '.fits.gz', '.fit.gz', '.fits.fz']

export function isFitsName(path: string): boolean {
  return fitsEndings.some((ending) => path.toLowerCase().endsWith(ending))
}

/** By its first bytes; of a compressed file, by those inside. */
export function isFits(file: Uint8Array): boolean {
  if (file[0] === 0x1f && file[1] === 0x8b) return true
  return Buffer.from(file.buffer, file.byteOffset, Math.min(9, file.length)).toString('latin1') === 'SIMPLE  ='
}

/**
 * Size, bands and pixel scale, of a file that is whole. Throws `fits/truncated`, `fits/compressed` (tiles), `fits/no-image`, `fits/bad-header`,
 * `fits/unreadable` (no FITS, or a damaged .gz) and `fits/too-large`; each message goes on after the name of the file.
 */
export function readFitsLayout(file: Uint8Array): FitsLayout {
  return findImage(unpacked(file)).layout
}

/** The image of a FITS file. Throws what `readFitsLayout` throws. */
export function readFits(file: Uint8Array): FitsImage {
  const plain = unpacked(file)
  const { layout, unit } = findImage(plain)
  const { widthPx, heightPx } = layout
  const count = widthPx * heightPx
  const values = readPixels(unit.header, plain, unit.dataAt, count * layout.bands)
  const bands = Array.from({ length: layout.bands }, (_, band) =>
    upsideDown(values.subarray(band * count, (band + 1) * count), widthPx, heightPx),
  )
  return { ...layout, bands }
}

function unpacked(file: Uint8Array): Uint8Array {
  if (!isFits(file)) throw new AppError('fits/unreadable', 'it is no FITS file')
  if (file[0] !== 0x1f) return file
  let plain: Uint8Array
  try {
    plain = gunzipSync(file, { maxOutputLength: MOST_BYTES })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'Z_BUF_ERROR') throw new AppError('fits/truncated', 'it is truncated: its compressed data has no end', { cause: error })
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new AppError('fits/too-large', 'it holds more than 1 GiB', { cause: error })
    throw new AppError('fits/unreadable', 'its compressed data is damaged', { cause: error })
  }
  if (plain[0] === 0x1f || !isFits(plain)) throw new AppError('fits/unreadable', 'what it holds compressed is no FITS file')
  return plain
}

function findImage(file: Uint8Array): { layout: FitsLayout; unit: FitsUnit } {
  let hasTiles = false
  for (const unit of fitsUnits(file)) {
    const { header } = unit
    const kind = header.get('XTENSION') ?? 'IMAGE'
    hasTiles ||= header.get('ZIMAGE') === true
    if (kind !== 'IMAGE' || !hasPixels(header)) continue
    const layout = layoutOf(header)
    if (unit.dataAt + unit.dataBytes > file.length)
      throw new AppError('fits/truncated', `it is truncated: ${unit.dataAt + unit.dataBytes} bytes are described, ${file.length} are there`)
    return { layout, unit }
  }
  if (hasTiles)
    throw new AppError('fits/compressed', 'its image is compressed in tiles, which is not read; unpack it with funpack, or save it plain')
  throw new AppError('fits/no-image', 'it holds no image with two axes')
}

/** The primary unit of a file with extensions is often empty. */
function hasPixels(header: FitsHeader): boolean {
  const axes = wholeNumber(header, 'NAXIS')
  return axes >= 2 && wholeNumber(header, 'NAXIS1') > 0 && wholeNumber(header, 'NAXIS2') > 0
}

function layoutOf(header: FitsHeader): FitsLayout {
  const axes = wholeNumber(header, 'NAXIS')
  const bands = axes > 2 ? wholeNumber(header, 'NAXIS3') : 1
  for (let axis = 4; axis <= axes; axis++)
    if (wholeNumber(header, `NAXIS${axis}`) !== 1) throw new AppError('fits/no-image', `its image has ${axes} axes; two or three are read`)
  if (bands < 1 || bands > MOST_BANDS)
    throw new AppError('fits/no-image', `its cube has ${bands} planes; an image has up to ${MOST_BANDS} bands`)
  return {
    widthPx: wholeNumber(header, 'NAXIS1'),
    heightPx: wholeNumber(header, 'NAXIS2'),
    bands,
    bandNames: bandNames(header, bands),
    pixelScaleArcsec: headerPixelScale(header),
  }
}

/** Of BANDS = 'grz', of BAND0 … or BAND1 …, or of FILTER where there is one band. */
function bandNames(header: FitsHeader, bands: number): string[] | null {
  const text = (keyword: string) => {
    const value = header.get(keyword)
    return typeof value === 'string' && value !== '' ? value : null
  }
  const together = text('BANDS')
  if (together?.length === bands) return [...together]
  for (const first of [0, 1]) {
    const names = Array.from({ length: bands }, (_, i) => text(`BAND${first + i}`))
    if (names.every((name) => name !== null)) return names
  }
  const filter = text('FILTER')
  return bands === 1 && filter !== null ? [filter] : null
}

function upsideDown(rows: Float32Array, widthPx: number, heightPx: number): Float32Array {
  const turned = new Float32Array(rows.length)
  for (let row = 0; row < heightPx; row++) turned.set(rows.subarray(row * widthPx, (row + 1) * widthPx), (heightPx - 1 - row) * widthPx)
  return turned
}
