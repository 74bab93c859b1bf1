import { describe, expect, test } from 'vitest'
import { lowestTop, movedTop, rowsShown, scrolledPx, scrollOf, TALLEST_PX, topOf, topShowing, type Extent } from '@renderer/virtual-scroll'

const short: Extent = { rows: 1_000, rowPx: 40, viewPx: 800 }
const long: Extent = { rows: 1_000_000, rowPx: 40, viewPx: 800 }
/** Where a browser leaves the bar: whole pixels. */
const rounded = (extent: Extent, topPx: number) => Math.round(scrollOf(topPx, extent))

describe('a list that browsers can draw as it is', () => {
  test('scrolls pixel by pixel, however the bar moves', () => {
    expect(scrolledPx(short)).toBe(40_000)
    for (const toPx of [0, 1, 790, 5_000, 39_200]) {
      expect(topOf(toPx, short)).toBe(toPx)
      expect(movedTop(400, { fromPx: 400, toPx }, short)).toBe(toPx)
    }
  })
})

describe('a list taller than browsers can draw', () => {
  test('is as tall as they can, and its bar stands for all of it', () => {
    expect(scrolledPx(long)).toBe(TALLEST_PX)
    expect(topOf(0, long)).toBe(0)
    expect(topOf(TALLEST_PX - long.viewPx, long)).toBe(lowestTop(long))
    for (const top of [0, 1_234_567, 20_000_000, lowestTop(long)]) expect(topOf(scrollOf(top, long), long)).toBeCloseTo(top, 3)
  })

  test('moves under the wheel by the pixels of the wheel, from anywhere', () => {
    for (const top of [10_000, 12_345_678, 39_000_000]) {
      const fromPx = rounded(long, top)
      expect(movedTop(top, { fromPx, toPx: fromPx + 120 }, long)).toBe(top + 120)
      expect(movedTop(top, { fromPx, toPx: fromPx - 120 }, long)).toBe(top - 120)
    }
  })

  test('moves under the dragged bar in proportion', () => {
    const toPx = (TALLEST_PX - long.viewPx) / 2
    expect(movedTop(0, { fromPx: 0, toPx }, long)).toBeCloseTo(lowestTop(long) / 2, 3)
  })

  test('reaches its first and its last row with the bar, whatever came before', () => {
    const end = TALLEST_PX - long.viewPx
    expect(movedTop(30_000_000, { fromPx: 100, toPx: 0 }, long)).toBe(0)
    expect(movedTop(5_000, { fromPx: end - 50, toPx: end }, long)).toBe(lowestTop(long))
    expect(rowsShown(lowestTop(long), long, 0)).toEqual({ first: 999_980, end: 1_000_000 })
  })
})

test('a row is brought into the window by the shortest way, and one that is there moves nothing', () => {
  expect(topShowing(10, 2_000, long)).toBe(400)
  expect(topShowing(100, 2_000, long)).toBe(101 * 40 - 800)
  expect(topShowing(55, 2_000, long)).toBe(2_000)
  expect(topShowing(999_999, 0, long)).toBe(lowestTop(long))
})

test('the rows drawn are those of the window and a few beside it, within the list', () => {
  expect(rowsShown(0, long, 2)).toEqual({ first: 0, end: 22 })
  expect(rowsShown(2_020, long, 2)).toEqual({ first: 48, end: 73 })
  expect(rowsShown(0, { rows: 3, rowPx: 40, viewPx: 800 }, 2)).toEqual({ first: 0, end: 3 })
  expect(rowsShown(0, { rows: 0, rowPx: 40, viewPx: 800 }, 2)).toEqual({ first: 0, end: 0 })
})
