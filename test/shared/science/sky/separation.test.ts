import { expect, test } from 'vitest'
import { separationDeg, type Position } from '@shared/science/sky/separation'
import { createRandom } from '@shared/science/stats/random'

const DEG = Math.PI / 180
/** Independently: the angle between two unit vectors by their cross and scalar products. */
function byVectors(a: Position, b: Position): number {
  const vector = ({ raDeg, decDeg }: Position) => [
    Math.cos(decDeg * DEG) * Math.cos(raDeg * DEG),
    Math.cos(decDeg * DEG) * Math.sin(raDeg * DEG),
    Math.sin(decDeg * DEG),
  ]
  const [[x, y, z], [u, v, w]] = [vector(a), vector(b)] as [[number, number, number], [number, number, number]]
  return Math.atan2(Math.hypot(y * w - z * v, z * u - x * w, x * v - y * u), x * u + y * v + z * w) / DEG
}

test('agrees with the angle between vectors all over the sky', () => {
  const random = createRandom(1, 'separation')
  for (let i = 0; i < 2_000; i++) {
    const place = () => ({ raDeg: 360 * random.next(), decDeg: 180 * random.next() - 90 })
    const [a, b] = [place(), place()]
    expect(separationDeg(a, b)).toBeCloseTo(byVectors(a, b), 8)
    const near = { raDeg: a.raDeg + random.next() / 1_000, decDeg: Math.min(90, a.decDeg + random.next() / 1_000) }
    expect(separationDeg(a, near)).toBeCloseTo(byVectors(a, near), 11)
  }
})

test('is exact over RA 0, at the poles, on the other side of the sky and for nothing at all', () => {
  expect(separationDeg({ raDeg: 359.9999, decDeg: 0 }, { raDeg: 0.0001, decDeg: 0 })).toBeCloseTo(0.0002, 12)
  expect(separationDeg({ raDeg: 12, decDeg: 90 }, { raDeg: 200, decDeg: 90 })).toBeCloseTo(0, 12)
  expect(separationDeg({ raDeg: 10, decDeg: 60 }, { raDeg: 190, decDeg: -60 })).toBeCloseTo(180, 6)
  expect(separationDeg({ raDeg: 10, decDeg: 60 }, { raDeg: 10, decDeg: 60 })).toBe(0)
})
