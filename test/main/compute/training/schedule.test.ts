import { describe, expect, test } from 'vitest'
import { learningRateAt } from '@main/compute/training/schedule'

const rates = (schedule: 'constant' | 'cosine', steps: number) =>
  Array.from({ length: steps }, (_, step) => learningRateAt({ learningRate: 0.1, schedule }, step, steps))

describe('the learning rate', () => {
  test('stays where it is on the schedule constant, and without one', () => {
    expect(new Set(rates('constant', 50))).toEqual(new Set([0.1]))
    expect(learningRateAt({ learningRate: 0.1 }, 49, 50)).toBe(0.1)
  })

  test('on the schedule cosine rises in a twentieth of the steps to its full value, passes half of it half way, and ends near zero', () => {
    const all = rates('cosine', 1000)
    expect(all.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, i) => (0.1 * (i + 1)) / 50))
    expect(all[50]).toBe(0.1)
    expect(all[525]).toBeCloseTo(0.05, 10)
    expect(all.slice(51).every((rate, i) => rate < all[50 + i]!)).toBe(true)
    expect(all.at(-1)).toBeGreaterThan(0)
    expect(all.at(-1)).toBeLessThan(1e-6)
  })

  test('of a training of one step is positive', () => {
    expect(rates('cosine', 1)).toEqual([0.1])
  })
})
