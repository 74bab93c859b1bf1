import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { directions, insideCone } from '@shared/science/filter/cone'
import { FALSE, TRUE, trueRows, UNKNOWN } from '@shared/science/filter/truth'

/** astropy's separations; test/reference/cone_search.py made them. */
type Reference = {
  raDeg: number[]
  decDeg: number[]
  cones: { raDeg: number; decDeg: number; radiusArcsec: number; inside: number[] }[]
}
const reference = JSON.parse(readFileSync(resolve('test/reference/cone-search.json'), 'utf8')) as Reference
const sky = directions(Float64Array.from(reference.raDeg), Float64Array.from(reference.decDeg))

describe('a cone', () => {
  it.each(reference.cones)(
    'of $radiusArcsec arcsec around $raDeg, $decDeg holds what astropy says',
    ({ raDeg, decDeg, radiusArcsec, inside }) => {
      expect(inside.length).toBeGreaterThan(0)
      expect([...trueRows(insideCone(sky, { raDeg, decDeg, radius: radiusArcsec, unit: 'arcsec' }))]).toEqual(inside)
    },
  )

  it('is the same in every unit', () => {
    const centre = { raDeg: 0, decDeg: 0 }
    const inDegrees = insideCone(sky, { ...centre, radius: 1, unit: 'deg' })
    expect(insideCone(sky, { ...centre, radius: 60, unit: 'arcmin' })).toEqual(inDegrees)
    expect(insideCone(sky, { ...centre, radius: 3600, unit: 'arcsec' })).toEqual(inDegrees)
  })

  it('of radius 0 holds its own centre, and one of 180 degrees or more the whole sky', () => {
    const [raDeg, decDeg] = [reference.raDeg[7]!, reference.decDeg[7]!]
    expect([...trueRows(insideCone(sky, { raDeg, decDeg, radius: 0, unit: 'deg' }))]).toEqual([7])
    for (const radius of [180, 400])
      expect(trueRows(insideCone(sky, { raDeg, decDeg, radius, unit: 'deg' }))).toHaveLength(reference.raDeg.length)
  })

  it('is unknown where the position is', () => {
    const places = directions(Float64Array.of(NaN, 10, 10), Float64Array.of(NaN, 10, -10))
    expect([...insideCone(places, { raDeg: 10, decDeg: 10, radius: 1, unit: 'arcsec' })]).toEqual([UNKNOWN, TRUE, FALSE])
  })
})
