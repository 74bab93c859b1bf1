import { expect, test } from 'vitest'
import { millisecondsPerGalaxy } from '@renderer/pace'

test('the pace is the median time between galaxies, pauses left out', () => {
  expect(millisecondsPerGalaxy([0, 4_000, 8_000, 14_000, 600_000, 604_000])).toBe(4_000)
  expect(millisecondsPerGalaxy([0, 4_000, 10_000])).toBe(5_000)
})

test('the pace follows the latest galaxies', () => {
  const slow = Array.from({ length: 40 }, (_, i) => i * 20_000)
  const fast = Array.from({ length: 40 }, (_, i) => slow.at(-1)! + (i + 1) * 2_000)
  expect(millisecondsPerGalaxy([...slow, ...fast])).toBe(2_000)
})

test('two galaxies are too few for a pace', () => {
  expect([millisecondsPerGalaxy([]), millisecondsPerGalaxy([0, 1_000])]).toEqual([null, null])
})
