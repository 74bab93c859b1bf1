import { describe, expect, test } from 'vitest'
import { createRandom } from '@shared/science/stats/random'
import { skyGroups } from '@main/catalogue/sky-groups'

const ARCSEC = 1 / 3600
const groups = (...positions: [number, number][]) => [
  ...skyGroups(
    Float64Array.from(positions, ([ra]) => ra),
    Float64Array.from(positions, ([, dec]) => dec),
  ),
]

describe('sky groups', () => {
  test('join positions within 2 arcsec and no others', () => {
    expect(groups([10, 0], [10, 1.99 * ARCSEC], [20, 0], [20, 2.01 * ARCSEC])).toEqual([0, 0, 2, 3])
  })

  test('shrink right ascension with the cosine of declination', () => {
    expect(groups([10, 60], [10 + 3.9 * ARCSEC, 60])).toEqual([0, 0])
    expect(groups([10, 0], [10 + 3.9 * ARCSEC, 0])).toEqual([0, 1])
  })

  test('reach over RA 0 and over a pole', () => {
    expect(groups([359.9999, 5], [0.0001, 5])).toEqual([0, 0])
    expect(groups([0, 90 - 0.9 * ARCSEC], [180, 90 - 0.9 * ARCSEC])).toEqual([0, 0])
    expect(groups([0, -90], [123, -90])).toEqual([0, 0])
  })

  test('join what is linked through others', () => {
    expect(groups([10, 3 * ARCSEC], [10, 0], [10, 1.5 * ARCSEC])).toEqual([0, 0, 0])
  })

  test('leave unknown positions alone, even two of them', () => {
    expect(groups([Number.NaN, 1], [Number.NaN, 1], [10, Number.NaN], [10, 1])).toEqual([0, 1, 2, 3])
  })

  test('agree with comparing all pairs by the haversine formula, anywhere on the sphere', () => {
    const random = createRandom(7, 'sky')
    const radius = 2
    for (const decDeg of [0, 45, -80, 89.9999, -89.9998]) {
      const positions = Array.from({ length: 120 }, (): [number, number] => [
        (360 + (random.uniform(-6, 6) * ARCSEC) / Math.max(Math.cos(decDeg * (Math.PI / 180)), 1e-6)) % 360,
        Math.max(-90, Math.min(90, decDeg + random.uniform(-6, 6) * ARCSEC)),
      ])
      expect(groups(...positions)).toEqual(allPairs(positions, radius))
    }
  })
})

/** Connected components by repeated relabelling, from separations in arcsec. */
function allPairs(positions: readonly [number, number][], radiusArcsec: number): number[] {
  const label = positions.map((_, i) => i)
  for (let changed = true; changed;) {
    changed = false
    positions.forEach((a, i) =>
      positions.forEach((b, j) => {
        if (label[j]! > label[i]! && separationArcsec(a, b) <= radiusArcsec) {
          label[j] = label[i]!
          changed = true
        }
      }),
    )
  }
  return label
}

function separationArcsec([ra1, dec1]: readonly [number, number], [ra2, dec2]: readonly [number, number]): number {
  const rad = Math.PI / 180
  const h = Math.sin(((dec2 - dec1) * rad) / 2) ** 2 + Math.cos(dec1 * rad) * Math.cos(dec2 * rad) * Math.sin(((ra2 - ra1) * rad) / 2) ** 2
  return (2 * Math.asin(Math.sqrt(h))) / rad / ARCSEC
}
