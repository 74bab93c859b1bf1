import { endianness } from 'node:os'
import { AppError } from '@shared/science/errors'
import type { FitsBytes } from './bytes'
import { realNumber, wholeNumber, type FitsHeader } from './header'

export type Stored = Uint8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array

/** What stored numbers stand for: BZERO + BSCALE · stored, and no value where the stored number equals `blank`. */
export type Meaning = { readonly zero: number; readonly scale: number; readonly blank: number | null }

/** Of the keywords BZERO, BSCALE and BLANK, of which the last has a meaning for whole numbers only. Throws `fits/bad-header`. */
export function meaningOf(header: FitsHeader): Meaning {
  return {
    zero: realNumber(header, 'BZERO', 0),
    scale: realNumber(header, 'BSCALE', 1),
    blank: wholeNumber(header, 'BITPIX') > 0 && header.has('BLANK') ? wholeNumber(header, 'BLANK') : null,
  }
}

const LITTLE = endianness() === 'LE'
/** So much of a file is turned around at a time: large files are not there twice. */
const CHUNK_BYTES = 2 ** 23

/**
 * The physical values of an image [band][height · width], rows from the top down, as float32 (integers beyond 2^24 and float64 are rounded to it;
 * what is beyond its range is infinite). A stored value that equals BLANK gives NaN; NaN and the infinities of a file stay what they are.
 * `at`: where the data begin, of which all must be there. Throws `fits/bad-header` for another BITPIX than 8, 16, 32, 64, -32 and -64.
 */
export function readPixels(
  header: FitsHeader,
  file: FitsBytes,
  at: number,
  size: { widthPx: number; heightPx: number; bands: number },
): Float32Array[] {
  const { widthPx, heightPx } = size
  const bitpix = wholeNumber(header, 'BITPIX')
  const rowBytes = widthPx * bytesPerPixel(bitpix)
  const meaning = meaningOf(header)
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK_BYTES / rowBytes))
  return Array.from({ length: size.bands }, (_, band) => {
    const values = new Float32Array(widthPx * heightPx)
    for (let row = 0; row < heightPx; row += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, heightPx - row)
      const stored = storedNumbers(bitpix, file.read(at + (band * heightPx + row) * rowBytes, rows * rowBytes))
      for (let i = 0; i < rows; i++) {
        const from = i * widthPx
        writePhysical(stored.subarray(from, from + widthPx), meaning, values, (heightPx - 1 - row - i) * widthPx)
      }
    }
    return values
  })
}

/** Writes the physical values of stored numbers into `values` from `at` on. */
export function writePhysical(stored: Stored, { zero, scale, blank }: Meaning, values: Float32Array, at: number): void {
  const isPlain = zero === 0 && scale === 1
  if (stored instanceof BigInt64Array) {
    const none = blank === null ? null : BigInt(blank)
    for (let i = 0; i < stored.length; i++) values[at + i] = stored[i] === none ? NaN : zero + scale * Number(stored[i])
  } else if (isPlain && blank === null) values.set(stored, at)
  else
    for (let i = 0; i < stored.length; i++) {
      const value = stored[i]!
      values[at + i] = value === blank ? NaN : isPlain ? value : zero + scale * value
    }
}

export function bytesPerPixel(bitpix: number): number {
  if ([8, 16, 32, 64, -32, -64].includes(bitpix)) return Math.abs(bitpix) / 8
  throw new AppError('fits/bad-header', `its header says BITPIX = ${bitpix}; images have 8, 16, 32, 64, -32 or -64`)
}

/** The numbers in bytes that have the highest byte first, as those of a file. The bytes stay as they are. */
export function storedNumbers(bitpix: number, bytes: Uint8Array): Stored {
  if (bitpix === 8) return bytes
  // Copied: the bytes are turned around in place, and wider numbers begin at multiples of their size.
  const copy = Buffer.from(new Uint8Array(bytes).buffer)
  const count = copy.length / bytesPerPixel(bitpix)
  if (LITTLE) {
    if (bitpix === 16) copy.swap16()
    else if (Math.abs(bitpix) === 32) copy.swap32()
    else copy.swap64()
  }
  switch (bitpix) {
    case 16:
      return new Int16Array(copy.buffer, 0, count)
    case 32:
      return new Int32Array(copy.buffer, 0, count)
    case 64:
      return new BigInt64Array(copy.buffer, 0, count)
    case -32:
      return new Float32Array(copy.buffer, 0, count)
    default:
      return new Float64Array(copy.buffer, 0, count)
  }
}
