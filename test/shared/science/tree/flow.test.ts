import { describe, expect, it } from 'vitest'
import { builtInTrees, findTree } from '@shared/science/tree/built-in'
import { answerNames } from '@shared/science/tree/decision-tree'
import { answersToVotes, changeAnswer, isComplete, nextQuestion, questionsAsked, type GivenAnswer } from '@shared/science/tree/flow'
import { enumeratePaths } from '@shared/science/tree/paths'
import { codeOf } from '../helpers'

const gz2 = findTree('gz2')
const give = (...pairs: string[]): GivenAnswer[] =>
  pairs.map((pair) => ({ question: pair.slice(0, pair.lastIndexOf('_')), answer: pair.slice(pair.lastIndexOf('_') + 1) }))
const names = (given: GivenAnswer[]) => questionsAsked(gz2, given).map((question) => question.name)

describe('the flow of questions', () => {
  it('begins with the root and knows of no other question yet', () => {
    expect(names([])).toEqual(['smooth-or-featured'])
    expect(nextQuestion(gz2, [])?.name).toBe('smooth-or-featured')
  })

  it('ends gz2 at once after artifact', () => {
    expect(isComplete(gz2, give('smooth-or-featured_artifact'))).toBe(true)
    expect(nextQuestion(gz2, give('smooth-or-featured_artifact'))).toBeNull()
  })

  it('follows a branch to its end and asks for something odd last', () => {
    const given = give('smooth-or-featured_featured-or-disk', 'disk-edge-on_no', 'has-spiral-arms_yes')
    expect(names(given)).toEqual([
      'smooth-or-featured',
      'disk-edge-on',
      'has-spiral-arms',
      'spiral-winding',
      'spiral-arm-count',
      'bar',
      'bulge-size',
      'something-odd',
    ])
    expect(nextQuestion(gz2, given)?.name).toBe('spiral-winding')
    expect(isComplete(gz2, given)).toBe(false)
  })

  it('passes over a question of which the labeller cannot tell, and what hangs from it is not asked', () => {
    expect(nextQuestion(gz2, [], new Set(['smooth-or-featured']))).toBeNull()
    expect(isComplete(gz2, [], new Set(['smooth-or-featured']))).toBe(true)
    const smooth = give('smooth-or-featured_smooth')
    expect(nextQuestion(gz2, smooth, new Set(['how-rounded']))?.name).toBe('something-odd')
    expect(isComplete(gz2, smooth, new Set(['how-rounded']))).toBe(false)
    expect(isComplete(gz2, give('smooth-or-featured_smooth', 'something-odd_no'), new Set(['how-rounded', 'bar']))).toBe(true)
  })

  it('reads a map like a list, and the last of two answers to one question', () => {
    const map = new Map([['smooth-or-featured', 'smooth']])
    expect(nextQuestion(gz2, map)?.name).toBe('how-rounded')
    expect(nextQuestion(gz2, give('smooth-or-featured_artifact', 'smooth-or-featured_smooth'))?.name).toBe('how-rounded')
  })

  it('drops what hung from a changed answer and keeps what is still asked', () => {
    const given = give(
      'smooth-or-featured_featured-or-disk',
      'disk-edge-on_yes',
      'bulge-shape_boxy',
      'something-odd_yes',
      'odd-feature_ring',
    )
    expect(isComplete(gz2, given)).toBe(true)
    const changed = changeAnswer(gz2, given, { question: 'smooth-or-featured', answer: 'smooth' })
    expect(changed).toEqual(give('smooth-or-featured_smooth', 'something-odd_yes', 'odd-feature_ring'))
    expect(changeAnswer(gz2, given, { question: 'disk-edge-on', answer: 'no' })).toEqual(
      give('smooth-or-featured_featured-or-disk', 'disk-edge-on_no', 'something-odd_yes', 'odd-feature_ring'),
    )
  })

  it('gives one vote per answer that counts and none for one that is not asked', () => {
    const votes_A = answersToVotes(gz2, give('smooth-or-featured_smooth', 'bar_yes'))
    expect(answerNames(gz2).filter((_, a) => votes_A[a] === 1)).toEqual(['smooth-or-featured_smooth'])
    expect(votes_A.reduce((sum, votes) => sum + votes)).toBe(1)
  })

  it('names an unknown question or answer', () => {
    expect(codeOf(() => questionsAsked(gz2, give('colour_red')))).toBe('tree/unknown-question')
    expect(codeOf(() => changeAnswer(gz2, [], { question: 'bar', answer: 'strong' }))).toBe('tree/unknown-answer')
  })

  it('is complete at the end of every path, and at no shorter answer', () => {
    for (const tree of builtInTrees) {
      const all = tree.questions.flatMap(({ name, answers }) => answers.map((answer) => ({ question: name, answer })))
      for (const path of enumeratePaths(tree)) {
        const given = path.map((a) => all[a]!)
        expect(isComplete(tree, given)).toBe(true)
        expect(isComplete(tree, given.slice(0, -1))).toBe(false)
        expect(questionsAsked(tree, given).map(({ name }) => name)).toEqual(given.map(({ question }) => question))
      }
    }
  })
})
