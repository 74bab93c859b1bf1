import { describe, expect, test } from 'vitest'
import { formatWholePercent, hintInWords, missingInWords } from '@renderer/hint-words'

describe('a predicted fraction', () => {
  test.each([
    [0, '0 %'],
    [0.004, '< 1 %'],
    [0.005, '1 %'],
    [0.62, '62 %'],
    [0.994, '99 %'],
    [0.996, '> 99 %'],
    [1, '100 %'],
  ])('of %d is %s: neither nothing nor all where it is not', (share, text) => {
    expect(formatWholePercent(share)).toBe(text)
  })
})

describe('a hint in words', () => {
  test('is the first guess, with a number set apart', () => {
    expect(hintInWords({ question: 'q', fractions: { smooth: 0.62, 'featured-or-disk': 0.38 }, guess: 'smooth' })).toBe(
      'model: 62 % smooth',
    )
    expect(hintInWords({ question: 'q', fractions: { 1: 0.22, 'more-than-4': 0.78 }, guess: '1' })).toBe('model: 22 % for 1')
  })

  test('is all that the model says where it is too little for a guess', () => {
    expect(hintInWords({ question: 'q', fractions: { oval: 0.3, round: 0.1 }, guess: null })).toBe('model: 30 % oval, 10 % round')
  })

  test('says why there is none', () => {
    const hints = { setting: 'before', isPredicted: false, questions: [] } as const
    expect(missingInWords({ ...hints, questions: [], model: null })).toBe('No model has been trained yet, so there is no prediction.')
    const model = { id: 'model-003', round: 2, network: 'w20-cnn' } as const
    expect(missingInWords({ ...hints, questions: [], model })).toBe('model-003 (after round 2, w20-cnn) has not predicted this galaxy.')
    expect(missingInWords({ ...hints, questions: [], model, isPredicted: true })).toBeNull()
  })
})
