/**
 * Rice's compression of whole numbers as FITS has it (FITS Standard 4.0, section 10.4.1): differences to the number before, in blocks that share
 * one number of low bits.
 */

/** By the bytes of a number: the bits that say how many low bits a block has, the value that stands for none saved, and the bits of a number. */
const FORMS = {
  1: { fsBits: 3, fsMost: 6, bits: 8 },
  2: { fsBits: 4, fsMost: 14, bits: 16 },
  4: { fsBits: 5, fsMost: 25, bits: 32 },
} as const
export type RiceWidth = keyof typeof FORMS

/** `count` numbers: bytes without, wider ones with a sign. Null where the bytes end before. */
export function riceDecoded(
  bytes: Uint8Array,
  count: number,
  width: RiceWidth,
  blockSize: number,
): Uint8Array | Int16Array | Int32Array | null {
  const { fsBits, fsMost, bits } = FORMS[width]
  const numbers = width === 1 ? new Uint8Array(count) : width === 2 ? new Int16Array(count) : new Int32Array(count)
  let last = 0
  for (let i = 0; i < width; i++) last = (last << 8) | (bytes[i] ?? 0)
  let at: number = width
  // `held`: the `heldBits` bits that were read and not used.
  let held = bytes[at++] ?? 0
  let heldBits = 8
  for (let i = 0; i < count;) {
    heldBits -= fsBits
    while (heldBits < 0) {
      held = (held << 8) | (bytes[at++] ?? 0)
      heldBits += 8
    }
    const fs = (held >>> heldBits) - 1
    held &= (1 << heldBits) - 1
    const end = Math.min(count, i + blockSize)
    if (fs < 0) {
      numbers.fill(last, i, end)
      i = end
    } else
      for (; i < end; i++) {
        let difference: number
        if (fs === fsMost) {
          let shift = bits - heldBits
          difference = shift === 32 ? 0 : held << shift
          for (shift -= 8; shift >= 0; shift -= 8) difference |= (bytes[at++] ?? 0) << shift
          held = 0
          if (heldBits > 0) {
            const byte = bytes[at++] ?? 0
            difference |= byte >>> -shift
            held = byte & ((1 << heldBits) - 1)
          }
        } else {
          while (held === 0) {
            // Bytes of zeros to the end, and on.
            if (at >= bytes.length) return null
            heldBits += 8
            held = bytes[at++]!
          }
          const zeros = heldBits - (32 - Math.clz32(held))
          heldBits -= zeros + 1
          held ^= 1 << heldBits
          heldBits -= fs
          while (heldBits < 0) {
            held = (held << 8) | (bytes[at++] ?? 0)
            heldBits += 8
          }
          difference = (zeros << fs) | (held >>> heldBits)
          held &= (1 << heldBits) - 1
        }
        // Differences are stored 0, -1, 1, -2, 2, … as 0, 1, 2, 3, 4, …
        last = (last + (difference & 1 ? ~(difference >>> 1) : difference >>> 1)) | 0
        numbers[i] = last
      }
    if (at > bytes.length) return null
  }
  return numbers
}
