import { createRandom } from '../stats/random'

/** Weyl steps of the plastic number: points spread evenly over a square, whatever their number. Source: Roberts (2018), the R2 sequence. */
const plastic = 1.32471795724474602596
const fraction = (value: number) => value - Math.floor(value)

/**
 * Where galaxy number `index` of this seed stands on the sky, in degrees: spread evenly over the northern field of SDSS (RA 120 to 240,
 * Dec 0 to 60), so no two of a survey of a million are within 2 arcsec of each other.
 */
export function skyPosition(seed: number, index: number): { raDeg: number; decDeg: number } {
  const random = createRandom(seed, 'sky')
  const across = fraction(random.next() + (index + 1) / plastic)
  const up = fraction(random.next() + (index + 1) / plastic ** 2)
  // Equal areas on the sphere: sin(Dec) is even.
  return { raDeg: 120 + 120 * across, decDeg: (Math.asin(up * Math.sin(Math.PI / 3)) * 180) / Math.PI }
}
