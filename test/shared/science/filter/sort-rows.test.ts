import { describe, expect, it } from 'vitest'
import { sortByNumbers, sortByTexts } from '@shared/science/filter/sort-rows'
import { createRandom } from '@shared/science/stats/random'

const random = createRandom(8, 'sort')
const values = [0, -0, 1, -1, 0.1, -0.1, Infinity, -Infinity, NaN, 1e-310, -1e-310, 5e300, -5e300, 16_777_217, 2 ** 40 + 1, 2 ** 40]
const rows = Int32Array.from({ length: 3_000 }, (_, i) => i).filter((row) => row % 7 !== 3)

/** The order that a comparison function gives, the plain way. */
function plainly(numbers: ArrayLike<number>, descending: boolean): number[] {
  const sign = descending ? -1 : 1
  return [...rows].sort((a, b) => {
    const [left, right] = [numbers[a]!, numbers[b]!]
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || a - b
    return left === right ? a - b : left < right ? -sign : sign
  })
}

describe('rows by their numbers', () => {
  const drawn = Array.from({ length: 3_000 }, () => (random.next() < 0.6 ? values[random.integer(values.length)]! : random.uniform(-5, 5)))
  it.each([
    ['in double precision', Float64Array.from(drawn)],
    ['in single precision', Float32Array.from(drawn)],
    ['all the same', new Float64Array(3_000).fill(2)],
    ['all unknown', new Float32Array(3_000).fill(NaN)],
  ])('%s: ties as they came, unknown ones last, both ways', (_, numbers) => {
    for (const descending of [false, true]) expect([...sortByNumbers(rows, numbers, descending)]).toEqual(plainly(numbers, descending))
  })

  it('and none of none', () => expect(sortByNumbers(new Int32Array(0), new Float64Array(5), true)).toHaveLength(0))
})

describe('rows by their texts', () => {
  const texts = { codes: Int32Array.of(2, 0, -1, 1, 0), values: ['b', 'ab', 'B'] }
  const all = Int32Array.of(0, 1, 2, 3, 4)
  it('go letter by letter, unknown ones last both ways', () => {
    expect([...sortByTexts(all, texts, false)]).toEqual([0, 3, 1, 4, 2])
    expect([...sortByTexts(all, texts, true)]).toEqual([1, 4, 3, 0, 2])
  })
})
