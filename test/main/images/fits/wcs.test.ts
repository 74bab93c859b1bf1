import { describe, expect, it } from 'vitest'
import { northAndEast, pixelToSky } from '@shared/science/sky/wcs'
import { readFitsLayout } from '@main/images/fits/read-fits'
import reference from '../../../reference/wcs.json' with { type: 'json' }
import { floatImage, type Card } from './support'

type Keywords = Record<string, string | number | undefined>
const layoutOf = (keywords: Keywords) => readFitsLayout(floatImage([2, 1], [0, 0], Object.entries(keywords) as unknown as Card[]))
const wcsOf = (keywords: Keywords) => layoutOf(keywords).wcs
const keywordsOf = (name: string): Keywords => reference.cases.find((each) => each.name === name)!.keywords
/** A ten-millionth of the finest pixel of any survey; rounding of double precision is a thousand times finer. */
const DEG = 1e-9
const cosine = (deg: number) => Math.cos((deg * Math.PI) / 180)

describe('the sky of an image', () => {
  it.each(reference.cases)('by $name is where astropy puts it, to a billionth of a degree', ({ keywords, sky }) => {
    const wcs = wcsOf(keywords)!
    reference.pixels.forEach(([x, y], i) => {
      const [longitude, latitude] = sky[i] as [number, number]
      const found = pixelToSky(wcs, x!, y!)!
      const apart = ((found.longitudeDeg - longitude + 540) % 360) - 180
      expect(Math.abs(found.latitudeDeg - latitude)).toBeLessThan(DEG)
      // At a pole itself the longitude is anything.
      expect(Math.abs(apart * cosine(latitude))).toBeLessThan(DEG)
      expect(found.longitudeDeg).toBeGreaterThanOrEqual(0)
      expect(found.longitudeDeg).toBeLessThan(360)
    })
  })

  it.each(reference.cases)('by $name has the pixel scale of astropy', ({ keywords, scaleArcsec }) => {
    expect(layoutOf(keywords).pixelScaleArcsec! / scaleArcsec).toBeCloseTo(1, 9)
  })

  it('is unknown for other projections, for parameters of their own, where no axis is of the sky, and without a reference', () => {
    const upright = keywordsOf('CDELT alone')
    expect(wcsOf(upright)).not.toBeNull()
    expect(wcsOf({ ...upright, CTYPE1: 'RA---TPV', CTYPE2: 'DEC--TPV' })).toBeNull()
    expect(wcsOf({ ...upright, PV1_1: 1.01 })).toBeNull()
    expect(wcsOf({ ...upright, CTYPE2: 'GLAT-TAN' })).toBeNull()
    expect(wcsOf({ ...upright, CDELT1: 0 })).toBeNull()
    for (const missing of ['CRVAL1', 'CRVAL2', 'CRPIX1', 'CRPIX2'])
      expect(wcsOf(Object.fromEntries(Object.entries(upright).filter(([keyword]) => keyword !== missing)))).toBeNull()
    expect(wcsOf({ CTYPE1: 'WAVE', CTYPE2: 'DEC--TAN' })).toBeNull()
    expect(wcsOf({})).toBeNull()
  })

  it('is unknown where one of its numbers is infinite, or becomes so', () => {
    const upright = keywordsOf('CDELT alone')
    const turned = keywordsOf('CD, turned by 33 degrees')
    const curved = { ...upright, A_ORDER: 2, B_ORDER: 2, A_2_0: 1e-7, B_0_2: 1e-7 }
    expect(wcsOf(curved)!.distortion).not.toBeNull()
    // A number beyond the range of double precision, as a header writes it.
    for (const keyword of ['CRPIX1', 'CRPIX2', 'CRVAL1', 'CRVAL2', 'LONPOLE']) expect(wcsOf({ ...upright, [keyword]: Infinity })).toBeNull()
    expect(wcsOf({ ...turned, CD1_1: Infinity })).toBeNull()
    expect(wcsOf({ ...upright, CDELT1: 1e200, PC1_1: 1e200 })).toBeNull()
    expect(wcsOf({ ...curved, A_2_0: -Infinity })).toBeNull()
    expect(wcsOf({ ...curved, B_0_2: Infinity })).toBeNull()
  })

  it('is named by its frame, or by its equinox', () => {
    const upright = keywordsOf('CDELT alone')
    expect(wcsOf(upright)!.frame).toBe('')
    expect(wcsOf({ ...upright, RADESYS: 'ICRS' })!.frame).toBe('ICRS')
    expect(wcsOf({ ...upright, EQUINOX: 1950 })!.frame).toBe('FK4')
    expect(wcsOf({ ...upright, EQUINOX: 2000 })!.frame).toBe('FK5')
    expect(wcsOf(keywordsOf('galactic'))!.axes).toBe('galactic')
  })

  it('has no place beyond the edge of its projection', () => {
    const half = { ...keywordsOf('SIN'), CD1_1: -1, CD1_2: 0, CD2_1: 0, CD2_2: 1 }
    expect(pixelToSky(wcsOf(half)!, 255 + 50, 130.5)).not.toBeNull()
    expect(pixelToSky(wcsOf(half)!, 255 + 60, 130.5)).toBeNull()
  })
})

describe('north and east', () => {
  const directions = (keywords: Keywords) => northAndEast(wcsOf(keywords)!, 255, 130.5)!

  it('are up and left in an upright image, and east is right in a mirrored one', () => {
    const { north, east } = directions(keywordsOf('CDELT alone'))
    expect([...north, ...east]).toEqual([0, 1, -1, 0].map((value) => expect.closeTo(value, 4) as number))
    const mirrored = directions(keywordsOf('mirrored'))
    expect([...mirrored.north, ...mirrored.east]).toEqual([0, 1, 1, 0].map((value) => expect.closeTo(value, 4) as number))
  })

  it('are where CD turns them', () => {
    const angle = (33 * Math.PI) / 180
    const { north, east } = directions(keywordsOf('CD, turned by 33 degrees'))
    const wanted = [Math.sin(angle), Math.cos(angle), -Math.cos(angle), Math.sin(angle)]
    expect([...north, ...east]).toEqual(wanted.map((value) => expect.closeTo(value, 4) as number))
  })

  it('lead where the sky says so, across 0 h too', () => {
    for (const name of ['across 0 h', 'SIP', 'declination first', 'near the north pole']) {
      const wcs = wcsOf(keywordsOf(name))!
      const [x, y] = [100, 50]
      const { north, east } = northAndEast(wcs, x, y)!
      const [here, up, left] = [
        [x, y],
        [x + north[0], y + north[1]],
        [x + east[0], y + east[1]],
      ].map(([a, b]) => pixelToSky(wcs, a!, b!)!)
      expect(up!.latitudeDeg).toBeGreaterThan(here!.latitudeDeg)
      expect(((left!.longitudeDeg - here!.longitudeDeg + 540) % 360) - 180, name).toBeGreaterThan(0)
    }
  })
})
