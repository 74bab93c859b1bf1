import { expect, test } from 'vitest'
import { formatDec, formatRa, parseDec, parseRa } from '@shared/science/sky/sexagesimal'
import reference from '../../../reference/sexagesimal.json'

test.each(reference.rows)('RA $raDeg and Dec $decDeg are written as astropy writes them', ({ raDeg, decDeg, ra, dec }) => {
  expect([formatRa(raDeg), formatDec(decDeg)]).toEqual([ra, dec])
})

test('a right ascension outside of 0 to 360 is the same direction', () => {
  expect(formatRa(-0.5)).toBe(formatRa(359.5))
  expect(formatRa(360)).toBe('00:00:00.000')
})

/** Half of the last decimal that is written: 0.0075 and 0.005 arcsec. */
const RA_HALF_DEG = (0.0005 * 15) / 3600 + 1e-8
const DEC_HALF_DEG = 0.005 / 3600 + 1e-8

test.each(reference.rows)('what astropy writes of RA $raDeg and Dec $decDeg is read as it was', ({ raDeg, decDeg, ra, dec }) => {
  const apart = Math.abs((((parseRa(ra)! - raDeg) % 360) + 540) % 360) - 180
  expect(Math.abs(apart)).toBeLessThanOrEqual(RA_HALF_DEG)
  expect(Math.abs(parseDec(dec)! - decDeg)).toBeLessThanOrEqual(DEC_HALF_DEG)
})

test('it is read with signs, letters or spaces between its parts', () => {
  expect(['12:30:00', '12h30m00s', ' 12 30 0.0 '].map(parseRa)).toEqual([187.5, 187.5, 187.5])
  expect(['-00:30:36', '−0°30′36″', '+1d30m0s'].map(parseDec)).toEqual([-0.51, -0.51, 1.5])
})

test.each(['', '187.5', '12:60:00', '12:30', '24:00:00', '-1:00:00', 'NGC 1300 1'])(
  '%o is no right ascension in the base of 60',
  (text) => {
    expect(parseRa(text)).toBeNull()
  },
)

test('degrees of right ascension are no hours, and go around the whole circle', () => {
  const deg = 12 + 34 / 60 + 56.7 / 3600
  for (const text of ['12d34m56.7s', '12°34′56.7″', '12D 34M 56.7S', '12° 34 56.7']) expect(parseRa(text)).toBeCloseTo(deg, 8)
  for (const text of ['12h34m56.7s', '12:34:56.7', '12 34 56.7', '12H34m56.7']) expect(parseRa(text)).toBeCloseTo(15 * deg, 8)
  expect(['187d30m0s', '0°0′0″', '360d0m0s'].map(parseRa)).toEqual([187.5, 0, 360])
  expect(['360d0m0.1s', '-0d0m1s', '24h0m0s'].map(parseRa)).toEqual([null, null, null])
})

test('hours are no declination', () => {
  expect(['12h34m56s', '-1H 2m 3s', '12 h 34 56'].map(parseDec)).toEqual([null, null, null])
})

test('a declination beyond the pole is none', () => {
  expect([parseDec('90:00:00'), parseDec('-90:00:00.1')]).toEqual([90, null])
})
