/**
 * Images in FITS files, read without any library (FITS Standard 4.0): the first image of the file with two axes, or three where the third holds
 * bands, plain or compressed in tiles. Rows come from the top down, as in every other image: FITS counts them from the bottom, so north stays up
 * where it is up.
 *
 * [Note: Which image of a FITS file] The first unit that holds an image with pixels: the primary one, or else the first image extension. Files of
 * telescopes put the science image (SCI) before its errors and masks. Other extensions are not read, and no bands are gathered from several of them.
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { AppError } from '@shared/science/errors'
import type { Wcs } from '@shared/science/sky/wcs'
import { bytesInMemory, bytesOnDisk, type FitsBytes } from './bytes'
import { fitsUnits, textValue, wholeNumber, type FitsHeader, type FitsUnit } from './header'
import { headerPixelScale } from './pixel-scale'
import { bytesPerPixel, meaningOf, readPixels } from './pixels'
import { isTiled, readTiles, tiledHeader } from './tiles/tiled-image'
import { headerWcs } from './wcs'

/** More planes than any set of filters has: a cube of spectra is no picture. */
const MOST_BANDS = 16
/** A small .gz can hold any number of zeros. */
const MOST_BYTES = 2 ** 30
/** Three bands of 6,600 pixels squared; 512 MiB as float32. */
export const MOST_VALUES = 2 ** 27

/**
 * What a header says of the image. `bandNames`: one per band, null where the header has none. Null pixel scale and `wcs`: unknown. `unit`: which unit
 * of the file it is, 0 the primary one, with its EXTNAME where it has one. `hasBlank`: pixels without a value are marked by BLANK, not by NaN.
 * `compression`: the ZCMPTYPE of an image in tiles, else null.
 */
export type FitsLayout = {
  readonly widthPx: number
  readonly heightPx: number
  readonly bands: number
  readonly bandNames: readonly string[] | null
  readonly pixelScaleArcsec: number | null
  readonly wcs: Wcs | null
  readonly unit: { readonly index: number; readonly name: string | null }
  readonly hasBlank: boolean
  readonly bitpix: number
  readonly compression: string | null
}

/** `bands`: the values of each band [height · width], rows from the top down; NaN where there is none, and infinities as the file has them. */
export type FitsImage = Omit<FitsLayout, 'bands'> & { readonly bands: readonly Float32Array[] }

/** The endings of FITS files. One that ends in .bz2 is known so that it can be refused with the reason. */
export const fitsEndings: readonly string[] = ['.fits', '.fit', '.fts', '.fits.gz', '.fit.gz', '.fits.fz', '.fit.fz', '.fits.bz2']

export function isFitsName(path: string): boolean {
  return fitsEndings.some((ending) => path.toLowerCase().endsWith(ending))
}

/** By its first bytes; of a compressed file, by those inside. */
export function isFits(file: Uint8Array): boolean {
  return isGzip(file) || isPlainFits(file)
}

/**
 * Size, bands and pixel scale, of a file that is whole. Throws `fits/truncated`, `fits/compressed` (in a way that is not read), `fits/damaged`,
 * `fits/no-image`, `fits/bad-header`, `fits/unreadable` (no FITS) and `fits/too-large`; each message goes on after the name of the file.
 */
export function readFitsLayout(file: Uint8Array): FitsLayout {
  return findImage(bytesInMemory(unpacked(file))).layout
}

/** The image of a FITS file. Throws what `readFitsLayout` throws. */
export function readFits(file: Uint8Array): FitsImage {
  return imageIn(bytesInMemory(unpacked(file)))
}

/** The same of a file by its path, of which only what is needed is read. Throws also the file system's errors. */
export function readFitsFile(path: string): FitsImage {
  return withFile(path, imageIn)
}

/** What the header of a file says, by its path. */
export function readFitsFileLayout(path: string): FitsLayout {
  return withFile(path, (bytes) => findImage(bytes).layout)
}

function withFile<T>(path: string, read: (bytes: FitsBytes) => T): T {
  const descriptor = openSync(path, 'r')
  try {
    const bytes = bytesOnDisk(descriptor, fstatSync(descriptor).size)
    return read(isPlainFits(bytes.read(0, 9)) ? bytes : bytesInMemory(unpacked(readFileSync(descriptor))))
  } finally {
    closeSync(descriptor)
  }
}

function imageIn(bytes: FitsBytes): FitsImage {
  const { layout, unit } = findImage(bytes)
  if (isTiled(unit.header)) return { ...layout, bands: readTiles(unit, bytes, layout) }
  return { ...layout, bands: readPixels(unit.header, bytes, unit.dataAt, layout) }
}

const isGzip = (file: Uint8Array) => file[0] === 0x1f && file[1] === 0x8b
const isPlainFits = (file: Uint8Array) =>
  Buffer.from(file.buffer, file.byteOffset, Math.min(9, file.length)).toString('latin1') === 'SIMPLE  ='

function unpacked(file: Uint8Array): Uint8Array {
  if (file.length === 0) throw new AppError('fits/truncated', 'it is empty (0 bytes)')
  if (Buffer.from(file.subarray(0, 3)).toString('latin1') === 'BZh')
    throw new AppError('fits/compressed', 'it is packed with bzip2, which is not read; unpack it with bunzip2')
  if (!isFits(file)) throw new AppError('fits/unreadable', "it is no FITS file: it does not begin with 'SIMPLE  ='")
  if (!isGzip(file)) return file
  let plain: Uint8Array
  try {
    plain = gunzipSync(file, { maxOutputLength: MOST_BYTES })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'Z_BUF_ERROR') throw new AppError('fits/truncated', 'it is truncated: its compressed data has no end', { cause: error })
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new AppError('fits/too-large', 'it holds more than 1 GiB', { cause: error })
    throw new AppError('fits/unreadable', 'its compressed data is damaged', { cause: error })
  }
  if (!isPlainFits(plain)) throw new AppError('fits/unreadable', 'what it holds compressed is no FITS file')
  return plain
}

/** See [Note: Which image of a FITS file]. */
function findImage(file: FitsBytes): { layout: FitsLayout; unit: FitsUnit } {
  for (const unit of fitsUnits(file)) {
    const isTable = isTiled(unit.header)
    if (!isTable && (unit.header.get('XTENSION') ?? 'IMAGE') !== 'IMAGE') continue
    const header = isTable ? tiledHeader(unit.header) : unit.header
    if (!hasPixels(header)) continue
    const layout = layoutOf(header, unit.index)
    if (unit.dataAt + unit.dataBytes > file.length)
      throw new AppError('fits/truncated', `it is truncated: ${unit.dataAt + unit.dataBytes} bytes are described, ${file.length} are there`)
    return { layout, unit }
  }
  throw new AppError('fits/no-image', 'it holds no image with two axes')
}

/** The primary unit of a file with extensions is often empty. */
function hasPixels(header: FitsHeader): boolean {
  const axes = wholeNumber(header, 'NAXIS')
  return axes >= 2 && wholeNumber(header, 'NAXIS1') > 0 && wholeNumber(header, 'NAXIS2') > 0
}

function layoutOf(header: FitsHeader, index: number): FitsLayout {
  const axes = wholeNumber(header, 'NAXIS')
  const bands = axes > 2 ? wholeNumber(header, 'NAXIS3') : 1
  for (let axis = 4; axis <= axes; axis++)
    if (wholeNumber(header, `NAXIS${axis}`) !== 1) throw new AppError('fits/no-image', `its image has ${axes} axes; two or three are read`)
  if (bands < 1 || bands > MOST_BANDS)
    throw new AppError('fits/no-image', `its cube has ${bands} planes; an image has up to ${MOST_BANDS} bands`)
  const bitpix = wholeNumber(header, 'BITPIX')
  bytesPerPixel(bitpix)
  const [widthPx, heightPx] = [wholeNumber(header, 'NAXIS1'), wholeNumber(header, 'NAXIS2')]
  const values = widthPx * heightPx * bands
  if (values > MOST_VALUES)
    throw new AppError(
      'fits/too-large',
      `its image has ${widthPx} × ${heightPx} × ${bands} pixels; up to ${(MOST_VALUES / 1e6).toFixed(0)} million are read; cut the galaxy out of it`,
    )
  return {
    widthPx,
    heightPx,
    bands,
    bandNames: bandNames(header, bands),
    pixelScaleArcsec: headerPixelScale(header),
    wcs: headerWcs(header),
    unit: { index, name: textValue(header, 'EXTNAME') },
    hasBlank: meaningOf(header).blank !== null,
    bitpix,
    compression: isTiled(header) ? textValue(header, 'ZCMPTYPE') : null,
  }
}

/** Of BANDS = 'grz', of BAND0 … or BAND1 …, or of FILTER where there is one band. */
function bandNames(header: FitsHeader, bands: number): string[] | null {
  const together = textValue(header, 'BANDS')
  if (together?.length === bands) return [...together]
  for (const first of [0, 1]) {
    const names = Array.from({ length: bands }, (_, i) => textValue(header, `BAND${first + i}`))
    if (names.every((name) => name !== null)) return names
  }
  const filter = textValue(header, 'FILTER')
  return bands === 1 && filter !== null ? [filter] : null
}
