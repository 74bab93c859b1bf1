import { expect, test } from 'vitest'
import { formatDec, formatRa } from '@shared/science/sky/sexagesimal'
import reference from '../../../reference/sexagesimal.json'

test.each(reference.rows)('RA $raDeg and Dec $decDeg are written as astropy writes them', ({ raDeg, decDeg, ra, dec }) => {
  expect([formatRa(raDeg), formatDec(decDeg)]).toEqual([ra, dec])
})

test('a right ascension outside of 0 to 360 is the same direction', () => {
  expect(formatRa(-0.5)).toBe(formatRa(359.5))
  expect(formatRa(360)).toBe('00:00:00.000')
})
