import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { measureAnswer, measureTree, meanVoteFractions, pairsOf } from '@shared/science/metrics/measure'
import { noiseFloor, rootMeanSquare } from '@shared/science/metrics/rmse'
import { countingQuestions, relaxedThresholds, publishedThresholds } from '@shared/science/metrics/thresholds'
import { createRandom } from '@shared/science/stats/random'
import { findTree } from '@shared/science/tree/built-in'
import { answerNames } from '@shared/science/tree/decision-tree'
import { answersToVotes } from '@shared/science/tree/flow'
import { parseTree } from '@shared/science/tree/parse-tree'
import { voteFractions } from '@shared/science/tree/votes'

const tree = parseTree({
  id: 'small',
  questions: [
    { name: 'ring', answers: ['yes', 'no'] },
    { name: 'width', answers: ['thin', 'thick'], after: ['ring_yes'] },
  ],
})
/** Votes for ring yes, ring no, thin, thick. */
const votes_NA = [
  [36, 4, 27, 9],
  [10, 30, 10, 0],
  [40, 0, 10, 30],
  [5, 5, 5, 0],
]

describe('which galaxies count', () => {
  it('needs votes on the first question, a proportion asked above one half, and votes on the question', () => {
    const counts = (votes: number[]) => countingQuestions(tree, votes, publishedThresholds).map(({ counts }) => counts)
    expect(counts(votes_NA[0]!)).toEqual([true, true])
    expect(counts(votes_NA[1]!)).toEqual([true, false])
    expect(counts(votes_NA[3]!)).toEqual([false, false])
    expect(countingQuestions(tree, [36, 4, 10, 9], publishedThresholds)[1]).toEqual({ counts: true, fractionsCount: false })
  })

  it('takes galaxies that one expert labelled, question by question as they were asked', () => {
    const votes = answersToVotes(findTree('gz2'), [{ question: 'smooth-or-featured', answer: 'smooth' }])
    const counting = countingQuestions(findTree('gz2'), votes, relaxedThresholds)
    expect(
      findTree('gz2')
        .questions.filter((_, q) => counting[q]!.fractionsCount)
        .map(({ name }) => name),
    ).toEqual(['smooth-or-featured'])
  })
})

describe('measureTree', () => {
  const fraction_NA = [
    [0.8, 0.2, 0.7, 0.3],
    [0.6, 0.4, 0.9, 0.1],
    [0.9, 0.1, 0.6, 0.4],
    [0, 1, 0, 1],
  ]
  const measured = measureTree(tree, votes_NA, fraction_NA, [0.5, 0.5, NaN, NaN], publishedThresholds)

  it('counts accuracy over the galaxies that the question counts for', () => {
    expect(measured.questions.ring).toMatchObject({ accuracy: 2 / 3, n: 3 })
    expect(measured.questions.width).toMatchObject({ accuracy: 0.5, n: 2 })
  })

  it('gives the RMSE of a vote fraction beside the constant predictor and the noise of volunteers', () => {
    const yes = measured.questions.ring!.answers.yes!
    expect(yes.n).toBe(3)
    expect(yes.rmse).toBeCloseTo(Math.sqrt((0.1 ** 2 + 0.35 ** 2 + 0.1 ** 2) / 3), 12)
    expect(yes.rmseConstant).toBeCloseTo(Math.sqrt((0.4 ** 2 + 0.25 ** 2 + 0.5 ** 2) / 3), 12)
    expect(yes.noiseFloor).toBeCloseTo(Math.sqrt((0.09 / 40 + 0.1875 / 40 + 0) / 3), 12)
    expect(measured.questions.width!.answers.thin!.rmseConstant).toBeNull()
  })

  it('averages the RMSE of all answers over the questions that have galaxies', () => {
    const ring = measured.questions.ring!.answers.yes!.rmse!
    const width = Math.sqrt((0.05 ** 2 + 0.35 ** 2) / 2)
    expect(measured.meanRmse).toBeCloseTo((ring + width) / 2, 12)
  })

  it('gives null, not zero, where nothing counts', () => {
    const none = measureTree(tree, [[5, 5, 5, 0]], [[0.5, 0.5, 0.5, 0.5]], [0.5, 0.5, 0.5, 0.5], publishedThresholds)
    expect(none.meanRmse).toBeNull()
    expect(none.questions.width).toEqual({
      accuracy: null,
      n: 0,
      answers: {
        thin: { rmse: null, rmseConstant: null, noiseFloor: null, n: 0 },
        thick: { rmse: null, rmseConstant: null, noiseFloor: null, n: 0 },
      },
    })
  })

  it('is 0 for a prediction that equals the votes, and the constant predictor for the training mean', () => {
    const gz2 = findTree('gz2')
    const random = createRandom(1)
    const all = Array.from({ length: 40 }, () => answerNames(gz2).map(() => 1 + random.integer(30)))
    const mean_A = meanVoteFractions(gz2, all)
    const exact = measureTree(
      gz2,
      all,
      all.map((votes_A) => voteFractions(gz2, votes_A)),
      mean_A,
      { minFirstVotes: 1, minProportionAsked: 0, minQuestionVotes: 1 },
    )
    const constant = measureTree(
      gz2,
      all,
      all.map(() => mean_A),
      mean_A,
      { minFirstVotes: 1, minProportionAsked: 0, minQuestionVotes: 1 },
    )
    for (const question of Object.values(exact.questions)) {
      expect(question).toMatchObject({ accuracy: 1, n: 40 })
      for (const answer of Object.values(question.answers)) expect(answer.rmse).toBe(0)
    }
    for (const question of Object.values(constant.questions))
      for (const answer of Object.values(question.answers)) expect(answer.rmse).toBe(answer.rmseConstant)
  })
})

it('counts as right an answer that leads with as many votes as another, in whatever order they stand', () => {
  const accuracy = (votes: number[], predicted: number[]) =>
    measureTree(
      parseTree({ id: 't', questions: [{ name: 'shape', answers: ['a', 'b', 'c'] }] }),
      [votes],
      [predicted],
      [NaN, NaN, NaN],
      { minFirstVotes: 1, minProportionAsked: 0, minQuestionVotes: 1 },
    ).questions.shape!.accuracy
  expect([accuracy([2, 2, 1], [0.4, 0.5, 0.1]), accuracy([2, 2, 1], [0.5, 0.4, 0.1]), accuracy([2, 2, 1], [0.1, 0.2, 0.7])]).toEqual([1, 1, 0])
})

it('takes the votes of the question that is measured, of one expert and of volunteers who are even', () => {
  const gz2 = findTree('gz2')
  const names = answerNames(gz2)
  const random = createRandom(5)
  const draw = (most: number) => names.map(() => random.integer(most + 1))
  const all = { minFirstVotes: 0, minProportionAsked: -1, minQuestionVotes: 1 }
  for (const most of [1, 2, 40]) {
    const votes_NA = Array.from({ length: 200 }, () => draw(most))
    const fraction_NA = votes_NA.map(() => draw(1000).map((value) => value / 1000))
    const measured = measureTree(gz2, votes_NA, fraction_NA, new Float64Array(names.length).fill(NaN), all)
    for (const { name, answers } of gz2.questions) {
      // By the answers' names, of each question by itself.
      const of = (values: readonly number[]) => answers.map((answer) => values[names.indexOf(`${name}_${answer}`)]!)
      const asked = votes_NA.flatMap((votes, i) => (Math.max(...of(votes)) > 0 ? [{ votes: of(votes), said: of(fraction_NA[i]!) }] : []))
      const right = asked.filter(({ votes, said }) => votes[said.indexOf(Math.max(...said))] === Math.max(...votes))
      expect(measured.questions[name], name).toMatchObject({ accuracy: right.length / asked.length, n: asked.length })
    }
  }
})

describe('measureAnswer', () => {
  it('agrees with the tree on the one answer it predicts', () => {
    const rho_N = [0.8, 0.6, 0.9, 0]
    const one = measureAnswer(tree, 'ring', 'yes', votes_NA, rho_N, 0.5, publishedThresholds)
    const whole = measureTree(
      tree,
      votes_NA,
      rho_N.map((rho) => [rho, 1 - rho, 0.5, 0.5]),
      [0.5, 0.5, 0.5, 0.5],
      publishedThresholds,
    )
    expect(one.questions.ring!.answers.yes).toEqual(whole.questions.ring!.answers.yes)
    expect(one.questions.ring).toMatchObject({ accuracy: whole.questions.ring!.accuracy, n: 3 })
    expect(one.meanRmse).toBe(one.questions.ring!.answers.yes!.rmse)
  })
})

describe('the mean vote fractions of the training set', () => {
  it('leave out galaxies that were not asked, and are NaN where nobody was', () => {
    const mean_A = meanVoteFractions(tree, [
      [3, 1, 0, 0],
      [1, 3, 1, 0],
    ])
    expect([...mean_A]).toEqual([0.5, 0.5, 1, 0])
    expect([...meanVoteFractions(tree, [[0, 4, 0, 0]])]).toEqual([0, 1, NaN, NaN])
  })
})

describe('the noise floor', () => {
  it('is unknown where every galaxy has one vote', () => {
    expect(noiseFloor([1, 0, 1], [1, 1, 1])).toBeNull()
    expect(noiseFloor([0.5], [25])).toBeCloseTo(0.1, 15)
    expect(rootMeanSquare([])).toBeNull()
  })

  const table = '../shared/data/gz2/gz2_votes.csv'
  it.skipIf(!existsSync(table))('of the smooth fraction in the real gz2 votes is about 0.06', () => {
    const names = answerNames(findTree('gz2'))
    const rows = parse(readFileSync(table, 'utf8'), { columns: true }) as Record<string, string>[]
    const all = rows.map((row) => names.map((name) => Number(row[name])))
    const smooth = names.map((_, a) => (a === 0 ? 1 : 0))
    const { observed, votes } = pairsOf(findTree('gz2'), 'smooth-or-featured', 'smooth', all, smooth, {
      ...publishedThresholds,
      minFirstVotes: 1,
    })
    expect(observed).toHaveLength(698)
    expect(noiseFloor(observed, votes)).toBeCloseTo(0.0625, 3)
  })
})
