import { describe, expect, test } from 'vitest'
import { relativeWeights } from '@main/compute/tasks/relative-weights'

const questions = [
  { start: 0, end: 2 },
  { start: 2, end: 4 },
]

describe('weights of likelihoods', () => {
  test('are all 1 where only experts labelled, whatever an answer weighs', () => {
    const weights = Float32Array.from([10, 1, 10, 10])
    const votes = Float32Array.from([1, 0, 0, 0, 0, 1, 1, 0])
    expect([...relativeWeights(weights, votes, questions)]).toEqual([1, 1, 1, 1])
  })

  test('stay where volunteers voted on one question and an expert answered another', () => {
    const weights = Float32Array.from([10, 1, 1, 1])
    const votes = Float32Array.from([1, 0, 30, 8, 12, 20, 0, 0])
    expect(relativeWeights(weights, votes, questions)).toBe(weights)
  })
})
