import { expect, test } from 'vitest'
import { valueInWords } from '@renderer/search-words'

const column = (name: string, group: 'galaxy' | 'fraction' | 'metadata') =>
  ({ name, kind: 'number', group, usesVotes: false, low: null, high: null }) as const

test.each([
  [2458849.5, '2458849.5'],
  [1234567.89, '1234567.89'],
  [-98765.43219, '-98765.432'],
  [2458849.123456, '2458849.123'],
  [1234.5678, '1234.568'],
  [123.456789, '123.457'],
  [17.5, '17.5'],
  [0.1 + 0.2, '0.3'],
  [0.0123456789, '0.0123457'],
  [1.5e-9, '1.5e-9'],
  [1234567, '1234567'],
  [9007199254740.5, '9007199254740.5'],
])('the number %d of a column of the table is shown as %s', (value, text) => {
  expect(valueInWords(value, column('jd', 'metadata'))).toBe(text)
})

test('a fraction has three decimals, a position is in degrees, a text is itself, and nothing is a dash', () => {
  expect(valueInWords(0.98765, column('bar_yes', 'fraction'))).toBe('0.988')
  expect(valueInWords(359.999999, column('ra', 'galaxy'))).toBe('0.00000°')
  expect(valueInWords(-0.000001, column('dec', 'galaxy'))).toBe('0.00000°')
  expect([valueInWords('587732591714893851.0', undefined), valueInWords(null, undefined)]).toEqual(['587732591714893851.0', '–'])
})
