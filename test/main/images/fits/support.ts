/** Writes small FITS files by the standard, so that tests need no other program: cards of 80 characters, blocks of 2,880 bytes. */
const BLOCK = 2_880

export type Card = readonly [string, string | number | boolean] | string

export type Unit = { cards: readonly Card[]; data?: Uint8Array }

/** A card as FITS writes it; a string is taken as it is. */
function card(entry: Card): string {
  if (typeof entry === 'string') return entry.padEnd(80)
  const [keyword, value] = entry
  const text =
    typeof value === 'string' ? `'${value.replaceAll("'", "''").padEnd(8)}'` : value === true ? 'T' : value === false ? 'F' : String(value)
  return `${keyword.padEnd(8)}= ${typeof value === 'string' ? text : text.padStart(20)}`.padEnd(80)
}

const padded = (bytes: Buffer, fill: number) => Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK, fill)])

export function fitsFile(...units: readonly Unit[]): Buffer {
  return Buffer.concat(
    units.flatMap(({ cards, data }) => [
      padded(Buffer.from([...cards.map(card), 'END'.padEnd(80)].join(''), 'latin1'), 32),
      padded(Buffer.from(data ?? []), 0),
    ]),
  )
}

/** The cards of an image with these axes, NAXIS1 first. */
export function imageCards(bitpix: number, axes: readonly number[], more: readonly Card[] = [], first: Card = ['SIMPLE', true]): Card[] {
  return [first, ['BITPIX', bitpix], ['NAXIS', axes.length], ...axes.map((length, i): Card => [`NAXIS${i + 1}`, length]), ...more]
}

/** Numbers as they stand in a FITS file: highest byte first. */
export function bigEndian(bitpix: 8 | 16 | 32 | -32 | -64, values: readonly number[]): Buffer {
  const bytes = Math.abs(bitpix) / 8
  const out = Buffer.alloc(values.length * bytes)
  values.forEach((value, i) => {
    const at = i * bytes
    if (bitpix === 8) out.writeUInt8(value, at)
    else if (bitpix === 16) out.writeInt16BE(value, at)
    else if (bitpix === 32) out.writeInt32BE(value, at)
    else if (bitpix === -32) out.writeFloatBE(value, at)
    else out.writeDoubleBE(value, at)
  })
  return out
}

/** A float32 image of one file: `values` in the order of the file, lowest row first. */
export function floatImage(axes: readonly number[], values: readonly number[], more: readonly Card[] = []): Buffer {
  return fitsFile({ cards: imageCards(-32, axes, more), data: bigEndian(-32, values) })
}
