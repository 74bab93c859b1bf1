/** Images that are compressed in tiles, as fpack writes them: a binary table with a tile in each row (FITS Standard 4.0, section 10). */
import { gunzipSync } from 'node:zlib'
import { AppError } from '@shared/science/errors'
import type { FitsBytes } from '../bytes'
import { realNumber, textValue, wholeNumber, type FitsHeader, type FitsUnit } from '../header'
import { bytesPerPixel, meaningOf, storedNumbers, writePhysical, type Stored } from '../pixels'
import { unquantised } from './dither'
import { riceDecoded, type RiceWidth } from './rice'
import { openTable, type BinaryTable } from './table'

const KINDS = ['RICE_1', 'RICE_ONE', 'GZIP_1', 'GZIP_2', 'NOCOMPRESS'] as const
type Kind = (typeof KINDS)[number]
const DITHERS = ['NO_DITHER', 'NONE', 'SUBTRACTIVE_DITHER_1', 'SUBTRACTIVE_DITHER_2']

export function isTiled(header: FitsHeader): boolean {
  return header.get('ZIMAGE') === true
}

/** The header of the image itself. Throws `fits/bad-header`, and `fits/compressed` for a way of compression that is not read. */
export function tiledHeader(header: FitsHeader): FitsHeader {
  const kind = textValue(header, 'ZCMPTYPE')
  if (!KINDS.some((known) => known === kind)) {
    const known = KINDS.filter((each) => each !== 'RICE_ONE').join(', ')
    throw new AppError('fits/compressed', `its header says ZCMPTYPE = ${kind ?? 'nothing'}; ${known} are read; unpack it with funpack`)
  }
  const image = new Map(header)
  const axes = wholeNumber(header, 'ZNAXIS')
  image.set('BITPIX', wholeNumber(header, 'ZBITPIX')).set('NAXIS', axes)
  for (let axis = 1; axis <= axes; axis++) image.set(`NAXIS${axis}`, wholeNumber(header, `ZNAXIS${axis}`))
  return image
}

/**
 * The physical values [band][height · width] of such an image, rows from the top down, as `readPixels` gives them. Throws `fits/truncated`,
 * `fits/bad-header`, and `fits/damaged` with the tile.
 */
export function readTiles(unit: FitsUnit, file: FitsBytes, size: { widthPx: number; heightPx: number; bands: number }): Float32Array[] {
  const { widthPx, heightPx, bands } = size
  const image = tiledHeader(unit.header)
  const table = openTable(unit, file)
  const decode = decoderOf(unit.header, image, table)
  const extent = [widthPx, heightPx, bands]
  const tile = extent.map((length, i) => Math.min(length, Math.max(1, wholeNumber(image, `ZTILE${i + 1}`, i === 0 ? length : 1))))
  const across = extent.map((length, i) => Math.ceil(length / tile[i]!))
  const tiles = across[0]! * across[1]! * across[2]!
  if (table.rows < tiles)
    throw new AppError('fits/bad-header', `its header says NAXIS2 = ${table.rows}, while its image has ${tiles} tiles`)
  const values = Array.from({ length: bands }, () => new Float32Array(widthPx * heightPx))
  for (let row = 0; row < tiles; row++) {
    const place = [row % across[0]!, Math.floor(row / across[0]!) % across[1]!, Math.floor(row / (across[0]! * across[1]!))]
    const start = place.map((number, i) => number * tile[i]!)
    const [width, height, depth] = tile.map((length, i) => Math.min(length, extent[i]! - start[i]!)) as [number, number, number]
    const { stored, meaning } = decode(row, width * height * depth)
    for (let z = 0; z < depth; z++)
      for (let y = 0; y < height; y++) {
        const from = (z * height + y) * width
        const to = (heightPx - 1 - start[1]! - y) * widthPx + start[0]!
        writePhysical(stored.subarray(from, from + width), meaning, values[start[2]! + z]!, to)
      }
  }
  return values
}

type Decoded = { stored: Stored; meaning: { zero: number; scale: number; blank: number | null } }
const AS_STORED = { zero: 0, scale: 1, blank: null }

/** Gives the numbers of a tile of `count` pixels. */
function decoderOf(header: FitsHeader, image: FitsHeader, table: BinaryTable): (row: number, count: number) => Decoded {
  const kind = textValue(header, 'ZCMPTYPE') as Kind
  const bitpix = wholeNumber(image, 'BITPIX')
  const pixelBytes = bytesPerPixel(bitpix)
  const option = optionsOf(header)
  const method = textValue(header, 'ZQUANTIZ') ?? 'NO_DITHER'
  if (bitpix < 0 && !DITHERS.includes(method))
    throw new AppError('fits/compressed', `its header says ZQUANTIZ = ${method}, which is not read; unpack it with funpack`)
  const isDithered = method.startsWith('SUBTRACTIVE_DITHER')
  const firstSeed = isDithered ? wholeNumber(header, 'ZDITHER0', 1) - 1 : null
  const own = (name: string, row: number) => table.number(name, row) ?? realNumber(header, name, null)
  const meaning = meaningOf(image)

  return (row, count) => {
    const wrong = (what: string, cause?: unknown) => new AppError('fits/damaged', `its tile ${row + 1} is damaged: ${what}`, { cause })
    const unpacked = (bytes: Uint8Array): Uint8Array => {
      try {
        return gunzipSync(bytes, { maxOutputLength: 8 * count })
      } catch (error) {
        throw wrong('its gzip data cannot be unpacked', error)
      }
    }
    /** Numbers of the image's own type, or, of real numbers that were made whole, of 32 bits. */
    const numbers = (bytes: Uint8Array, isWhole: boolean): Stored => {
      const type = isWhole ? 32 : bitpix
      if (bytes.length === count * bytesPerPixel(type)) return storedNumbers(type, bytes)
      throw wrong(`it has ${bytes.length} bytes in place of ${count * bytesPerPixel(type)}`)
    }
    const asImage = (stored: Stored): Decoded => {
      if (bitpix < 0) return { stored, meaning: AS_STORED }
      return { stored, meaning: { ...meaning, blank: own('ZBLANK', row) ?? meaning.blank } }
    }

    const packed = table.array('COMPRESSED_DATA', row)
    if (packed.length === 0) {
      const gzipped = table.array('GZIP_COMPRESSED_DATA', row)
      if (gzipped.length > 0) return asImage(numbers(unpacked(gzipped), false))
      const plain = table.array('UNCOMPRESSED_DATA', row)
      if (plain.length > 0) return asImage(numbers(plain, false))
      throw wrong('it has no data')
    }
    const scale = bitpix < 0 && method !== 'NONE' ? own('ZSCALE', row) : null
    const isWhole = scale !== null
    let stored: Stored
    if (kind === 'RICE_1' || kind === 'RICE_ONE') {
      if (bitpix < 0 && !isWhole) throw wrong('real numbers have no ZSCALE')
      const width = option('BYTEPIX', 4)
      if (width !== 1 && width !== 2 && width !== 4) throw new AppError('fits/bad-header', `its header says BYTEPIX = ${width}`)
      const found = riceDecoded(packed, count, width satisfies RiceWidth, option('BLOCKSIZE', 32))
      if (found === null) throw wrong(`its ${packed.length} bytes end before its ${count} numbers`)
      stored = found
    } else if (kind === 'NOCOMPRESS') stored = numbers(packed, isWhole)
    else {
      const bytes = unpacked(packed)
      stored = numbers(kind === 'GZIP_2' ? unshuffled(bytes, isWhole ? 4 : pixelBytes) : bytes, isWhole)
    }
    if (!isWhole) return asImage(stored)
    const blank = own('ZBLANK', row) ?? (header.has('BLANK') ? wholeNumber(header, 'BLANK') : null)
    const seed = firstSeed === null ? null : row + firstSeed
    const values = unquantised(Int32Array.from(stored as Int32Array), {
      scale,
      zero: own('ZZERO', row) ?? 0,
      blank,
      seed,
      hasZeros: method === 'SUBTRACTIVE_DITHER_2',
    })
    return { stored: values, meaning: AS_STORED }
  }
}

/** The parameters of the compression: ZNAME1 = 'BLOCKSIZE', ZVAL1 = 32, … */
function optionsOf(header: FitsHeader): (name: string, otherwise: number) => number {
  const found = new Map<string, number>()
  for (let i = 1; ; i++) {
    const name = textValue(header, `ZNAME${i}`)
    if (name === null) return (wanted, otherwise) => found.get(wanted) ?? otherwise
    found.set(name, realNumber(header, `ZVAL${i}`, 0))
  }
}

/** GZIP_2 has the highest bytes of all numbers first, then the next ones. */
function unshuffled(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(bytes.length / width)
  const numbers = new Uint8Array(bytes.length)
  for (let byte = 0; byte < width; byte++) for (let i = 0; i < count; i++) numbers[i * width + byte] = bytes[byte * count + i]!
  return numbers
}
