import { describe, expect, it } from 'vitest'
import { builtInTrees, findTree } from '@shared/science/tree/built-in'
import { questionRanges, type DecisionTree } from '@shared/science/tree/decision-tree'
import { jointProbabilities, proportionAsked } from '@shared/science/tree/joint'
import { enumeratePaths } from '@shared/science/tree/paths'
import { parseTree } from '@shared/science/tree/parse-tree'
import { hasVotes, proportionAskedByVotes, totalVotes, voteFractions } from '@shared/science/tree/votes'

/** Fractions that differ from answer to answer and add up to 1 in each question. */
function someFractions(tree: DecisionTree): number[] {
  return questionRanges(tree).flatMap(({ question, start }) => {
    const weights = question.answers.map((_, i) => 1 + ((start + i) % 5))
    const sum = weights.reduce((total, weight) => total + weight)
    return weights.map((weight) => weight / sum)
  })
}

describe('joint probabilities', () => {
  it('ask everyone a root, and something odd of all that did not say artifact', () => {
    const tree = findTree('gz2')
    const fraction_A = someFractions(tree)
    const asked = Object.fromEntries(tree.questions.map(({ name }, q) => [name, proportionAsked(tree, fraction_A)[q]!]))
    expect(asked['smooth-or-featured']).toBe(1)
    expect(asked['something-odd']).toBeCloseTo(1 - fraction_A[2]!, 15)
    expect(asked['odd-feature']).toBeCloseTo((1 - fraction_A[2]!) * fraction_A[13]!, 15)
    expect(asked['has-spiral-arms']).toBeCloseTo(fraction_A[1]! * fraction_A[4]!, 15)
  })

  it('of the answers of one question add up to its proportion asked', () => {
    for (const tree of builtInTrees) {
      const { joint_A, asked_Q } = jointProbabilities(tree, someFractions(tree))
      questionRanges(tree).forEach(({ start, end }, q) => {
        expect(joint_A.slice(start, end).reduce((sum, joint) => sum + joint)).toBeCloseTo(asked_Q[q]!, 14)
      })
    }
  })

  it('equal the sum over all paths through an answer', () => {
    for (const tree of builtInTrees) {
      const fraction_A = someFractions(tree)
      const { joint_A } = jointProbabilities(tree, fraction_A)
      const byPaths_A = new Float64Array(joint_A.length)
      let total = 0
      for (const path of enumeratePaths(tree)) {
        const probability = path.reduce((product, a) => product * fraction_A[a]!, 1)
        total += probability
        for (const a of path) byPaths_A[a] = byPaths_A[a]! + probability
      }
      expect(total).toBeCloseTo(1, 12)
      byPaths_A.forEach((probability, a) => expect(joint_A[a]).toBeCloseTo(probability, 12))
    }
  })

  it('follow the links also where a question stands before the one it hangs from', () => {
    const tree = parseTree({
      id: 't',
      questions: [
        { name: 'b', answers: ['x', 'y'], after: ['a_x'] },
        { name: 'a', answers: ['x', 'y'] },
      ],
    })
    expect([...proportionAsked(tree, [0.5, 0.5, 0.25, 0.75])]).toEqual([0.25, 1])
  })
})

describe('votes', () => {
  const tree = findTree('gz2')
  const votes_A = new Array<number>(37).fill(0)
  votes_A.splice(0, 5, 30, 9, 1, 3, 6)

  it('give totals per question and fractions that are NaN where nobody was asked', () => {
    expect([...totalVotes(tree, votes_A)].slice(0, 3)).toEqual([40, 9, 0])
    const fraction_A = voteFractions(tree, votes_A)
    expect([...fraction_A.slice(0, 3)]).toEqual([0.75, 0.225, 0.025])
    expect(fraction_A[5]).toBeNaN()
    expect(hasVotes(tree, votes_A).slice(0, 3)).toEqual([true, true, false])
  })

  it('give a proportion asked of 0 below a question that nobody was asked', () => {
    const asked_Q = proportionAskedByVotes(tree, votes_A)
    expect(asked_Q[1]).toBeCloseTo(0.225, 15)
    expect(asked_Q[2]).toBeCloseTo(0.225 * (6 / 9), 15)
    const winding = tree.questions.findIndex(({ name }) => name === 'spiral-winding')
    expect(asked_Q[winding]).toBe(0)
  })
})
