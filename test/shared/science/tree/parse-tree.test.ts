import { describe, expect, it } from 'vitest'
import { countPaths } from '@shared/science/tree/paths'
import { parseTree } from '@shared/science/tree/parse-tree'
import { codeOf } from '../helpers'

const root = { name: 'ring', answers: ['yes', 'no'] }
const tree = (...questions: unknown[]) => ({ id: 'mine', questions })
const bad = (json: unknown) => codeOf(() => parseTree(json))

describe('parseTree', () => {
  it('takes a question without "after" as a root and leaves other keys out', () => {
    expect(parseTree({ ...tree({ ...root, help: 'a circle' }), note: 1 })).toEqual({
      id: 'mine',
      questions: [{ name: 'ring', answers: ['yes', 'no'], after: [] }],
    })
  })

  it('takes a question that stands before the one it hangs from', () => {
    expect(parseTree(tree({ name: 'width', answers: ['thin', 'thick'], after: ['ring_yes'] }, root)).questions).toHaveLength(2)
  })

  it('refuses what is no tree', () => {
    expect(bad(null)).toBe('tree/bad-form')
    expect(bad([root])).toBe('tree/bad-form')
    expect(bad({ questions: [root] })).toBe('tree/bad-form')
    expect(bad({ id: 'mine', questions: [] })).toBe('tree/no-questions')
    expect(bad(tree({ answers: ['yes', 'no'] }))).toBe('tree/bad-form')
    expect(bad(tree({ name: 'ring', answers: ['yes', 3] }))).toBe('tree/bad-form')
    expect(bad(tree({ ...root, after: 'ring_yes' }))).toBe('tree/bad-form')
  })

  it('refuses a question with fewer than two answers', () => {
    expect(bad(tree({ name: 'ring', answers: [] }))).toBe('tree/no-answers')
    expect(bad(tree({ name: 'ring', answers: ['yes'] }))).toBe('tree/no-answers')
  })

  it('names the question and the unknown answer it hangs from', () => {
    const json = tree(root, { name: 'width', answers: ['thin', 'thick'], after: ['ring_maybe'] })
    expect(bad(json)).toBe('tree/unknown-answer')
    expect(() => parseTree(json)).toThrow(/"width".*"ring_maybe".*ring_yes, ring_no/)
  })

  it('refuses duplicate questions, answers, links and full names', () => {
    expect(bad(tree(root, root))).toBe('tree/duplicate-question')
    expect(bad(tree({ name: 'ring', answers: ['yes', 'yes'] }))).toBe('tree/duplicate-answer')
    expect(bad(tree({ name: 'a', answers: ['b_c', 'x'] }, { name: 'a_b', answers: ['c', 'x'] }))).toBe('tree/duplicate-answer')
    expect(bad(tree(root, { name: 'width', answers: ['thin', 'thick'], after: ['ring_yes', 'ring_yes'] }))).toBe('tree/duplicate-after')
  })

  it('refuses a tree without a root and a circle beside a root, and names the circle', () => {
    const a = { name: 'a', answers: ['x', 'y'], after: ['b_x'] }
    const b = { name: 'b', answers: ['x', 'y'], after: ['a_x'] }
    expect(bad(tree(a, b))).toBe('tree/no-root')
    expect(bad(tree(root, a, b))).toBe('tree/cycle')
    expect(() => parseTree(tree(root, a, b))).toThrow('"a" hangs from "b" hangs from "a"')
    expect(bad(tree(root, { ...a, after: ['a_x'] }))).toBe('tree/cycle')
  })

  it('refuses a circle of questions that also hang from a root', () => {
    const a = { name: 'a', answers: ['x', 'y'], after: ['ring_yes', 'b_x'] }
    const b = { name: 'b', answers: ['x', 'y'], after: ['a_x'] }
    expect(bad(tree(root, a, b))).toBe('tree/cycle')
  })

  it('refuses two parents that one galaxy can both be given, and takes two that exclude each other', () => {
    const bar = { name: 'bar', answers: ['yes', 'no'] }
    const either = { name: 'either', answers: ['x', 'y'], after: ['ring_yes', 'bar_yes'] }
    expect(bad(tree(root, bar, either))).toBe('tree/answers-overlap')
    expect(bad(tree(root, { ...bar, after: ['ring_no'] }, either))).toBe('nothing thrown')
    expect(bad(tree(root, { ...bar, after: ['ring_yes'] }, either))).toBe('tree/answers-overlap')
    expect(bad(tree(either, root, { ...bar, after: ['ring_yes'] }))).toBe('tree/answers-overlap')
  })

  it('takes a long chain in which every question follows whatever was answered before', () => {
    const chain = Array.from({ length: 60 }, (_, i) => ({
      name: `q${i}`,
      answers: ['yes', 'no'],
      after: i === 0 ? [] : [`q${i - 1}_yes`, `q${i - 1}_no`],
    }))
    expect(countPaths(parseTree(tree(...chain)))).toBe(2 ** 60)
  })
})
