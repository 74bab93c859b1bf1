import { expect, test } from 'vitest'
import { skyLinks } from '@renderer/sky-links'

test('every page gets the position in the form it reads', () => {
  const links = Object.fromEntries(skyLinks(184.95101, -0.82197, 0.262).map(({ name, url }) => [name, new URL(url)]))
  expect(Object.keys(links)).toEqual(['Legacy Survey', 'SDSS', 'SIMBAD', 'NED', 'Aladin'])
  for (const url of Object.values(links)) expect(url.protocol).toBe('https:')
  const query = (name: string) => Object.fromEntries(links[name]!.searchParams)
  expect(query('Legacy Survey')).toMatchObject({ ra: '184.951010', dec: '-0.821970', zoom: '14' })
  expect(query('SDSS')).toMatchObject({ ra: '184.951010', dec: '-0.821970', scale: '0.262' })
  expect(query('SIMBAD').Coord).toBe('184.951010d -0.821970d')
  expect(query('NED').coordinates).toBe('12:19:48.242 -00:49:19.09')
  expect(query('Aladin').target).toBe('184.951010 -0.821970')
})

test('a position next to RA 0 and Dec 0 is that of RA 0 and Dec 0', () => {
  const [legacy, , simbad] = skyLinks(359.9999999, -0.0000001, null)
  expect(new URL(legacy!.url).searchParams.get('ra')).toBe('0.000000')
  expect(new URL(simbad!.url).searchParams.get('Coord')).toBe('0.000000d +0.000000d')
})

test('a northern position carries its sign, and finer pixels look closer', () => {
  const [legacy, , simbad] = skyLinks(10, 20, 0.065)
  expect(new URL(legacy!.url).searchParams.get('zoom')).toBe('16')
  expect(new URL(simbad!.url).searchParams.get('Coord')).toBe('10.000000d +20.000000d')
})
