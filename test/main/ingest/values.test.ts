import { expect, test } from 'vitest'
import { readDegrees, readId, readPixelScale } from '@main/ingest/values'

const code = (value: unknown) => (value as { code: string }).code

test('an id is kept to the letter but for spaces around it', () => {
  expect(readId(' 587732578312454276 ', 'id')).toBe('587732578312454276')
  expect(readId('007', 'id')).toBe('007')
  expect(readId('J105E+12', 'id')).toBe('J105E+12')
})

test('an empty or rounded id is refused', () => {
  expect(code(readId('  ', 'id'))).toBe('import/no-id')
  expect(code(readId('5.87733E+17', 'id'))).toBe('import/rounded-id')
  expect(code(readId('587732578312454276.0', 'id'))).toBe('import/rounded-id')
})

test('angles are degrees in range; blank is unknown', () => {
  expect(readDegrees('1.85e2', 'ra', 0, 360)).toBe(185)
  expect(readDegrees('-90', 'dec', -90, 90)).toBe(-90)
  expect(readDegrees('', 'ra', 0, 360)).toBeNull()
  for (const text of ['360.1', '-0.1', 'nan', 'east']) expect(code(readDegrees(text, 'ra', 0, 360))).toBe('import/bad-position')
})

test.each(['13:22:00.1', '13 22 00.1', '-01h02m03s', '13d22m'])('%s is refused as sexagesimal', (text) => {
  expect(code(readDegrees(text, 'ra', 0, 360))).toBe('import/sexagesimal')
})

test('a pixel scale is above 0; blank is unknown', () => {
  expect(readPixelScale('0.396', 'scale')).toBe(0.396)
  expect(readPixelScale(' ', 'scale')).toBeNull()
  for (const text of ['0', '-0.1', 'x']) expect(code(readPixelScale(text, 'scale'))).toBe('import/bad-pixel-scale')
})
