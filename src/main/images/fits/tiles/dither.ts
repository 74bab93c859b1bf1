/** Real numbers that were stored as whole ones, the rounding of which is spread by a known random sequence (FITS Standard 4.0, section 10.2). */

const COUNT = 10_000
/** Stands for a value of exactly zero under SUBTRACTIVE_DITHER_2. */
const ZERO = -2_147_483_646

export type Quantisation = {
  readonly scale: number
  readonly zero: number
  /** The stored number that stands for no value; null for none. */
  readonly blank: number | null
  /** The number of the tile's place in the random sequence, from 0; null without dither. */
  readonly seed: number | null
  readonly hasZeros: boolean
}

/** The real numbers of a tile, as float64. */
export function unquantised(stored: Int32Array, { scale, zero, blank, seed, hasZeros }: Quantisation): Float64Array {
  const values = new Float64Array(stored.length)
  const random = seed === null ? null : randomNumbers()
  let row = (seed ?? 0) % COUNT
  let next = random ? Math.trunc(random[row]! * 500) : 0
  for (let i = 0; i < stored.length; i++) {
    const number = stored[i]!
    if (number === blank) values[i] = NaN
    else if (hasZeros && number === ZERO) values[i] = 0
    else values[i] = random ? (number - random[next]! + 0.5) * scale + zero : number * scale + zero
    if (random && ++next === COUNT) {
      row = (row + 1) % COUNT
      next = Math.trunc(random[row]! * 500)
    }
  }
  return values
}

let kept: Float32Array | null = null

/** The standard's sequence (Park and Miller 1988), as float32. */
function randomNumbers(): Float32Array {
  if (kept) return kept
  kept = new Float32Array(COUNT)
  let seed = 1
  for (let i = 0; i < COUNT; i++) {
    seed = (16_807 * seed) % 2_147_483_647
    kept[i] = seed / 2_147_483_647
  }
  return kept
}
