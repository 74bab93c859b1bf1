import { describe, expect, it } from 'vitest'
import { findTree } from '@shared/science/tree/built-in'
import { answerNames } from '@shared/science/tree/decision-tree'
import { parseTree } from '@shared/science/tree/parse-tree'
import { firstGuess, predictedFractions } from '@shared/science/tree/predicted-fractions'

const tree = parseTree({
  id: 'two',
  questions: [
    { name: 'ring', answers: ['yes', 'no'] },
    { name: 'shape', answers: ['round', 'oval', 'cigar'] },
  ],
})
const predicted = (outputs: string[], fraction_O: number[]) =>
  predictedFractions(tree, outputs, fraction_O).map(({ question, fractions }) => [question.name, fractions])

describe('predicted fractions', () => {
  it('are those of the outputs, by question and answer', () => {
    expect(predicted(['shape_round', 'shape_oval', 'shape_cigar', 'ring_yes', 'ring_no'], [0.5, 0.25, 0.25, 0.125, 0.875])).toEqual([
      ['ring', { yes: 0.125, no: 0.875 }],
      ['shape', { round: 0.5, oval: 0.25, cigar: 0.25 }],
    ])
  })

  it('of the only answer that the model leaves out are what the others leave, never below zero', () => {
    expect(predicted(['ring_yes'], [0.75])).toEqual([['ring', { yes: 0.75, no: 0.25 }]])
    expect(predicted(['shape_round', 'shape_oval'], [0.5, 0.5000001])).toEqual([['shape', { round: 0.5, oval: 0.5000001, cigar: 0 }]])
  })

  it('leave out what nothing is known of, and outputs that the tree does not have', () => {
    expect(predicted(['shape_oval', 'colour_blue'], [0.3, 1])).toEqual([['shape', { oval: 0.3 }]])
    expect(predicted([], [])).toEqual([])
  })

  it('cover every question of a whole tree, each adding up to 1', () => {
    const gz2 = findTree('gz2')
    const outputs = answerNames(gz2)
    const fraction_A = gz2.questions.flatMap(({ answers }) => answers.map(() => 1 / answers.length))
    const all = predictedFractions(gz2, outputs, fraction_A)
    expect(all.map(({ question }) => question)).toEqual(gz2.questions)
    for (const { fractions } of all) expect(Object.values(fractions).reduce((sum, value) => sum + value)).toBeCloseTo(1, 12)
  })
})

describe('the first guess', () => {
  const shape = { answers: ['round', 'oval', 'cigar'] }

  it('is the answer with the highest fraction', () => {
    expect(firstGuess(shape, { round: 0.2, oval: 0.5, cigar: 0.3 })).toBe('oval')
  })

  it('is the first of equals, in the order of the question', () => {
    expect(firstGuess(shape, { cigar: 0.4, oval: 0.4, round: 0.2 })).toBe('oval')
    expect(firstGuess({ answers: ['yes', 'no'] }, { yes: 0.5, no: 0.5 })).toBe('yes')
  })

  it('is none where an answer that nothing is known of could be higher', () => {
    expect(firstGuess(shape, { oval: 0.4 })).toBeNull()
    expect(firstGuess(shape, { oval: 0.6 })).toBe('oval')
    expect(firstGuess(shape, {})).toBeNull()
  })
})
