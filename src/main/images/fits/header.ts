/** The headers of a FITS file: cards of 80 characters in blocks of 2,880 bytes (FITS Standard 4.0, section 4). */
import { AppError } from '@shared/science/errors'
import type { FitsBytes } from './bytes'

export const BLOCK = 2_880
const CARD = 80

/** The keywords of one header with a value; of a keyword that is there twice the first one counts. */
export type FitsHeader = ReadonlyMap<string, string | number | boolean>

/**
 * One header and its data, not yet read: `dataAt` and `dataBytes` may reach beyond a file that broke off. `index`: 0 for the primary unit, as
 * astropy counts them.
 */
export type FitsUnit = { readonly header: FitsHeader; readonly index: number; readonly dataAt: number; readonly dataBytes: number }

/** The units of a file, from the primary one on. Throws `fits/truncated` and `fits/bad-header`. */
export function* fitsUnits(file: FitsBytes): Generator<FitsUnit> {
  for (let at = 0, index = 0; at < file.length; index++) {
    // What follows the last unit is padding by some writers.
    if (at > 0 && textOf(file.read(at, 8)) !== 'XTENSION') return
    const { header, end } = readHeader(file, at)
    const dataBytes = dataLength(header)
    yield { header, index, dataAt: end, dataBytes }
    at = end + Math.ceil(dataBytes / BLOCK) * BLOCK
  }
}

/** A whole number that the header must have, or may leave out where `otherwise` is given. Throws `fits/bad-header`. */
export function wholeNumber(header: FitsHeader, keyword: string, otherwise?: number): number {
  const value = header.get(keyword) ?? otherwise
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= (MAY_BE_NEGATIVE.has(keyword) ? -Infinity : 0)) return value
  throw new AppError('fits/bad-header', `its header says ${keyword} = ${value ?? 'nothing'}, where a whole number must stand`)
}

const MAY_BE_NEGATIVE = new Set(['BITPIX', 'ZBITPIX', 'BLANK', 'ZBLANK'])

/** A number, `otherwise` where the keyword is missing. Throws `fits/bad-header`. */
export function realNumber<T>(header: FitsHeader, keyword: string, otherwise: T): number | T {
  const value = header.get(keyword)
  if (value === undefined) return otherwise
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new AppError('fits/bad-header', `its header says ${keyword} = ${value}, where a number must stand`)
}

/** A text that is not empty, else null. */
export function textValue(header: FitsHeader, keyword: string): string | null {
  const value = header.get(keyword)
  return typeof value === 'string' && value !== '' ? value : null
}

function readHeader(file: FitsBytes, start: number): { header: FitsHeader; end: number } {
  const header = new Map<string, string | number | boolean>()
  for (let at = start; ; at += BLOCK) {
    const block = file.read(at, BLOCK)
    for (let inside = 0; inside + CARD <= block.length; inside += CARD) {
      const card = textOf(block.subarray(inside, inside + CARD))
      const keyword = card.slice(0, 8).trimEnd()
      if (keyword === 'END') return { header, end: at + BLOCK }
      if (card.slice(8, 10) !== '= ') continue
      const value = cardValue(card.slice(10))
      if (value !== null && !header.has(keyword)) header.set(keyword, value)
    }
    if (block.length < BLOCK)
      throw new AppError(
        'fits/truncated',
        `it is truncated: the header at byte ${start} has no END, and the file ends at byte ${file.length}`,
      )
  }
}

/** The value of a card without its comment: a string in quotes, T, F or a number; null where there is none, or a complex one. */
function cardValue(text: string): string | number | boolean | null {
  const quoted = /^\s*'((?:[^']|'')*)'/.exec(text)
  if (quoted) return quoted[1]!.replaceAll("''", "'").trimEnd()
  const word = text.split('/', 1)[0]!.trim()
  if (word === 'T') return true
  if (word === 'F') return false
  const number = Number(word.replace(/[dD]/, 'E'))
  return word === '' || Number.isNaN(number) ? null : number
}

function dataLength(header: FitsHeader): number {
  const axes = wholeNumber(header, 'NAXIS')
  if (axes === 0) return 0
  if (axes > 999) throw new AppError('fits/bad-header', `its header says NAXIS = ${axes}`)
  let pixels = 1
  for (let axis = 1; axis <= axes; axis++) pixels *= wholeNumber(header, `NAXIS${axis}`)
  const bytes = Math.abs(wholeNumber(header, 'BITPIX')) / 8
  const length = bytes * wholeNumber(header, 'GCOUNT', 1) * (wholeNumber(header, 'PCOUNT', 0) + pixels)
  if (Number.isSafeInteger(length)) return length
  throw new AppError('fits/bad-header', 'its header describes more data than a file can hold')
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
