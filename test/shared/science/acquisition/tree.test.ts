import { describe, expect, it } from 'vitest'
import { dirichletMutualInformation } from '@shared/science/acquisition/mutual-information'
import { createPathScorer } from '@shared/science/acquisition/path-mutual-information'
import { createTreeScorer, scoreTree } from '@shared/science/acquisition/tree'
import { entropy } from '@shared/science/stats/entropy'
import { createRandom } from '@shared/science/stats/random'
import { builtInTrees, findTree } from '@shared/science/tree/built-in'
import { answerNames, questionRanges, type DecisionTree } from '@shared/science/tree/decision-tree'
import { proportionAsked } from '@shared/science/tree/joint'
import { parseTree } from '@shared/science/tree/parse-tree'
import { enumeratePaths } from '@shared/science/tree/paths'

const samples = 5

function concentrations(tree: DecisionTree, seed: number, spread = 30): Float64Array {
  const random = createRandom(seed, tree.id)
  return Float64Array.from({ length: samples * answerNames(tree).length }, () => 1 + spread * random.next())
}

const rows = (tree: DecisionTree, values: Float64Array, start: number, end: number) =>
  Array.from({ length: samples }, (_, t) => values.slice(t * answerNames(tree).length + start, t * answerNames(tree).length + end))

/** The vote fractions of every sample, by the definition. */
function fractionRows(tree: DecisionTree, values: Float64Array): number[][] {
  return Array.from({ length: samples }, (_, t) =>
    questionRanges(tree).flatMap(({ start, end }) => {
      const row = rows(tree, values, start, end)[t]!
      const total = row.reduce((sum, value) => sum + value)
      return Array.from(row, (value) => value / total)
    }),
  )
}

describe('the score of a galaxy', () => {
  it('is the sum over questions of proportion asked times mutual information, for 1 vote and for 3', () => {
    for (const tree of builtInTrees) {
      const values = concentrations(tree, 1)
      const fractions = fractionRows(tree, values)
      const mean_A = fractions[0]!.map((_, a) => fractions.reduce((sum, row) => sum + row[a]!, 0) / samples)
      const asked_Q = proportionAsked(tree, mean_A)
      for (const votes of [1, 3]) {
        const score = scoreTree(tree, values, samples, votes)
        let total = 0
        questionRanges(tree).forEach(({ question, start, end }, q) => {
          const { mutualInformation } = dirichletMutualInformation(rows(tree, values, start, end), votes)
          expect(score.questions[question.name]!.mutualInformation).toBeCloseTo(mutualInformation, 12)
          expect(score.questions[question.name]!.proportionAsked).toBeCloseTo(asked_Q[q]!, 12)
          total += asked_Q[q]! * mutualInformation
        })
        expect(score.total).toBeCloseTo(total, 12)
      }
    }
  })

  it('reads float32 and float64 alike, and one vote does not depend on the scale of concentrations', () => {
    const tree = findTree('gz-decals-dr5')
    const values = concentrations(tree, 2)
    const { total } = scoreTree(tree, values, samples)
    expect(scoreTree(tree, Float32Array.from(values), samples).total).toBeCloseTo(total, 6)
    expect(
      scoreTree(
        tree,
        values.map((value) => 7 * value),
        samples,
      ).total,
    ).toBeCloseTo(total, 12)
    expect(total).toBeGreaterThan(0)
  })

  it('is zero where the samples agree', () => {
    const tree = findTree('gz2')
    const one = concentrations(tree, 3).slice(0, answerNames(tree).length)
    const same = Float64Array.from({ length: samples * one.length }, (_, i) => one[i % one.length]!)
    expect(scoreTree(tree, same, samples).total).toBeLessThan(1e-14)
    expect(createPathScorer(tree, samples)(same)).toBeLessThan(1e-14)
  })

  it('uses a scorer for many galaxies without mixing them', () => {
    const tree = findTree('gz2')
    const scorer = createTreeScorer(tree, samples, 1)
    const [first, second] = [concentrations(tree, 4), concentrations(tree, 5)]
    const totals = [scorer.score(first), scorer.score(second), scorer.score(first)]
    expect(totals[2]).toBe(totals[0])
    expect(totals[0]).toBe(scoreTree(tree, first, samples).total)
    expect(() => scorer.score(first.slice(1))).toThrow('concentrations for 5 samples')
  })
})

describe('the mutual information of the whole path', () => {
  it('is its definition over all paths', () => {
    for (const tree of builtInTrees) {
      const values = concentrations(tree, 6)
      const fractions = fractionRows(tree, values)
      const law = fractions.map((row) => enumeratePaths(tree).map((path) => path.reduce((product, a) => product * row[a]!, 1)))
      const mean = law[0]!.map((_, i) => law.reduce((sum, row) => sum + row[i]!, 0) / samples)
      const expected = entropy(mean) - law.reduce((sum, row) => sum + entropy(row), 0) / samples
      expect(createPathScorer(tree, samples)(values)).toBeCloseTo(expected, 12)
    }
  })

  it('equals the sum where there is only one question', () => {
    const tree = findTree('rings')
    const values = concentrations(tree, 7)
    expect(createPathScorer(tree, samples)(values)).toBeCloseTo(scoreTree(tree, values, samples).total, 13)
  })

  it('counts one thing once when two questions tell the same', () => {
    const yesNo = ['yes', 'no']
    const tree = parseTree({
      id: 'twice',
      questions: [
        { name: 'a', answers: yesNo },
        { name: 'b', answers: yesNo },
      ],
    })
    // Both questions tell for certain which of two samples is right: ln 2 in all, not 2 ln 2.
    const values = Float64Array.of(1e9, 1e-9, 1e9, 1e-9, 1e-9, 1e9, 1e-9, 1e9)
    expect(scoreTree(tree, values, 2).total).toBeCloseTo(2 * Math.LN2, 10)
    expect(createPathScorer(tree, 2)(values)).toBeCloseTo(Math.LN2, 10)
  })

  it('never exceeds the ln K that K samples can differ by', () => {
    const tree = findTree('gz-decals-dr5')
    const score = createPathScorer(tree, samples)
    for (let seed = 10; seed < 40; seed++) expect(score(concentrations(tree, seed, 100))).toBeLessThanOrEqual(Math.log(samples))
  })
})
