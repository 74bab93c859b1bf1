import { expect, test } from 'vitest'
import { createRandom } from '@shared/science/stats/random'
import { countPlaces, hasPlace, nowhere, placesAfter, stretches, withPlaces, withPlaceToggled } from '@renderer/place-ranges'

test('ranges that touch or overlap become one', () => {
  const apart = withPlaces(withPlaces(nowhere, 10, 20), 30, 40)
  expect(apart).toEqual([
    [10, 20],
    [30, 40],
  ])
  expect(withPlaces(apart, 20, 30)).toEqual([[10, 40]])
  expect(withPlaces(apart, 15, 35)).toEqual([[10, 40]])
  expect(withPlaces(apart, 5, 5)).toBe(apart)
})

test('after any changes they hold what a set of places holds', () => {
  const random = createRandom(1, 'places')
  const set = new Set<number>()
  let ranges = nowhere
  for (let step = 0; step < 2_000; step++) {
    const from = random.integer(60)
    if (random.integer(4) === 0) {
      const end = from + random.integer(8)
      ranges = withPlaces(ranges, from, end)
      for (let place = from; place < end; place++) set.add(place)
    } else {
      ranges = withPlaceToggled(ranges, from)
      if (!set.delete(from)) set.add(from)
    }
    expect(countPlaces(ranges)).toBe(set.size)
    expect(hasPlace(ranges, from)).toBe(set.has(from))
  }
  for (let i = 1; i < ranges.length; i++) expect(ranges[i]![0]).toBeGreaterThan(ranges[i - 1]![1])
})

test('they are read in stretches of one page, up to a limit', () => {
  const ranges = withPlaces(withPlaces(nowhere, 0, 25), 100, 102)
  expect(stretches(ranges, 10, 1_000)).toEqual([
    { offset: 0, limit: 10 },
    { offset: 10, limit: 10 },
    { offset: 20, limit: 5 },
    { offset: 100, limit: 2 },
  ])
  expect(stretches(ranges, 10, 12)).toEqual([
    { offset: 0, limit: 10 },
    { offset: 10, limit: 2 },
  ])
})

test('without so many of the first ones, those that are left stand where they stood', () => {
  const ranges = withPlaces(withPlaces(nowhere, 2, 5), 100, 102)
  expect([0, 1, 3, 4, 5, 9].map((count) => placesAfter(ranges, count))).toEqual([
    ranges,
    [
      [3, 5],
      [100, 102],
    ],
    [[100, 102]],
    [[101, 102]],
    [],
    [],
  ])
})
