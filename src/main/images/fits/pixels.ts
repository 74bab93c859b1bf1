import { endianness } from 'node:os'
import { AppError } from '@shared/science/errors'
import { realNumber, wholeNumber, type FitsHeader } from './header'

/**
 * The physical values BZERO + BSCALE · stored of `count` pixels, as float32 (integers beyond 2^24 and float64 are rounded to it). A stored
 * value that equals BLANK, and any that is not finite, gives NaN. Throws `fits/bad-header` for another BITPIX than 8, 16, 32, -32 and -64.
 */
export function readPixels(header: FitsHeader, file: Uint8Array, at: number, count: number): Float32Array {
  const bitpix = wholeNumber(header, 'BITPIX')
  const stored = storedValues(bitpix, file, at, count)
  const zero = realNumber(header, 'BZERO', 0)
  const scale = realNumber(header, 'BSCALE', 1)
  // BLANK has a meaning for whole numbers only.
  const blank = bitpix > 0 && header.has('BLANK') ? wholeNumber(header, 'BLANK') : null
  const values = new Float32Array(count)
  const isPlain = zero === 0 && scale === 1
  for (let i = 0; i < count; i++) {
    const value = stored[i]!
    const physical = isPlain ? value : zero + scale * value
    values[i] = value === blank || !Number.isFinite(physical) ? NaN : physical
  }
  return values
}

type Stored = Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array

/** The numbers as they stand in the file, which has the highest byte first. */
function storedValues(bitpix: number, file: Uint8Array, at: number, count: number): Stored {
  const bytes = Math.abs(bitpix) / 8
  // Copied: the bytes are turned around in place, and wider numbers begin at multiples of their size.
  const copy = Buffer.from(new Uint8Array(file.subarray(at, at + count * bytes)).buffer)
  const isLittle = endianness() === 'LE'
  switch (bitpix) {
    case 8:
      return copy
    case 16:
      if (isLittle) copy.swap16()
      return new Int16Array(copy.buffer, copy.byteOffset, count)
    case 32:
    case -32:
      if (isLittle) copy.swap32()
      return bitpix === 32 ? new Int32Array(copy.buffer, copy.byteOffset, count) : new Float32Array(copy.buffer, copy.byteOffset, count)
    case -64:
      if (isLittle) copy.swap64()
      return new Float64Array(copy.buffer, copy.byteOffset, count)
    default:
      throw new AppError('fits/bad-header', `its header says BITPIX = ${bitpix}; images have 8, 16, 32, -32 or -64`)
  }
}
