import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cosine, nearest, unitVector } from '@shared/science/similarity/nearest'

type Reference = { features: number[][]; nearest: { key: number; distance: number }[][] }
const reference = JSON.parse(readFileSync(join(import.meta.dirname, '../../../reference/nearest.json'), 'utf8')) as Reference
/** Directions are kept in single precision. */
const TOLERANCE = 1e-6

const directed = reference.features.map((values, key) => ({ key, unit_F: unitVector(Float32Array.from(values))! }))

describe('the nearest galaxies', () => {
  test('are those of scipy by cosine distance, in its order', () => {
    for (const galaxy of directed) {
      const found = nearest(galaxy, directed, 6)
      expect(found.map(({ key }) => key)).toEqual(reference.nearest[galaxy.key]!.map(({ key }) => key))
      found.forEach(({ similarity }, i) => {
        expect(Math.abs(1 - similarity - reference.nearest[galaxy.key]![i]!.distance)).toBeLessThan(TOLERANCE)
      })
    }
  })

  test('are all of them where there are fewer, and none where there is only the galaxy itself', () => {
    expect(nearest(directed[0]!, directed.slice(0, 3), 6)).toHaveLength(2)
    expect(nearest(directed[0]!, directed.slice(0, 1), 6)).toEqual([])
  })

  test('of equally alike ones the smaller key comes first, whatever their order', () => {
    const unit_F = Float32Array.of(0.6, 0.8)
    const others = [9, 3, 5].map((key) => ({ key, unit_F }))
    expect(nearest({ key: 1, unit_F }, others, 2).map(({ key }) => key)).toEqual([3, 5])
    expect(nearest({ key: 1, unit_F }, others.toReversed(), 2).map(({ key }) => key)).toEqual([3, 5])
  })
})

describe('similarity', () => {
  const of = (a: number[], b: number[]) => cosine(unitVector(Float32Array.from(a))!, unitVector(Float32Array.from(b))!)

  test('is 1 for the same direction at any length, 0 at a right angle, -1 for the opposite', () => {
    expect(of([1, 2, 3], [10, 20, 30])).toBeCloseTo(1, 6)
    expect(of([1, 0], [0, 5])).toBe(0)
    expect(of([1, -2], [-3, 6])).toBeCloseTo(-1, 6)
  })

  test('never leaves -1..1', () => {
    for (let n = 1; n < 60; n++) expect(of(Array(n).fill(0.1), Array(n).fill(0.1))).toBeLessThanOrEqual(1)
  })

  test('features that are all zero or not finite have no direction', () => {
    for (const values of [[0, 0], [], [NaN, 1], [Infinity, 1]]) expect(unitVector(Float32Array.from(values))).toBeNull()
  })
})
