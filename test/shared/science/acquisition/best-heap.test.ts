import { describe, expect, it } from 'vitest'
import { createBestHeap } from '@shared/science/acquisition/best-heap'
import { largest } from '@shared/science/acquisition/rank'
import { createRandom } from '@shared/science/stats/random'

describe('the heap of the best', () => {
  it('keeps what a sort would put first, ties by position, whatever the order of offers', () => {
    const random = createRandom(1)
    for (const size of [1, 2, 7, 50, 300]) {
      // Few different keys, so that there are many ties, and -Infinity as the key of a score of 0.
      const key_N = Float64Array.from({ length: 300 }, () => (random.next() < 0.1 ? -Infinity : random.integer(40)))
      const expected = largest(key_N, size)
      for (const order of [key_N.keys(), random.shuffle(key_N.keys())]) {
        const heap = createBestHeap(size)
        for (const position of order) heap.offer(key_N[position]!, position)
        expect(heap.ranked().map(({ position }) => position)).toEqual(expected)
        expect(heap.size).toBe(size)
      }
    }
  })

  it('gives every kept one a slot of its own, taken over from one that left', () => {
    const heap = createBestHeap(3)
    const inSlot = new Map<number, number>()
    for (const [position, key] of [5, 1, 4, 9, 0, 7, 4].entries()) {
      const slot = heap.offer(key, position)
      if (slot >= 0) inSlot.set(slot, position)
    }
    expect(heap.ranked().map(({ position }) => position)).toEqual([3, 5, 0])
    for (const { position, slot } of heap.ranked()) expect(inSlot.get(slot)).toBe(position)
  })

  it('keeps nothing when there is no room', () => {
    const heap = createBestHeap(0)
    expect(heap.offer(1, 0)).toBe(-1)
    expect(heap.ranked()).toEqual([])
  })
})
