// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import AnswerIcon from '@renderer/components/icons/AnswerIcon.vue'
import { answerShapes, neutralShapes, shapesOf } from '@renderer/components/icons/answer-shapes'
import { builtInTrees } from '@shared/science/tree/built-in'

const answers = builtInTrees.flatMap(({ questions }) =>
  questions.flatMap(({ name, answers }) => answers.map((answer) => ({ name, answer }))),
)

test.each(answers)('$name $answer has a drawing of its own', ({ name, answer }) => {
  expect(answerShapes[`${name}_${answer}`]).toBeDefined()
})

test('every drawing belongs to an answer, and stays on its grid', () => {
  const known = new Set(answers.map(({ name, answer }) => `${name}_${answer}`))
  expect(Object.keys(answerShapes).filter((key) => !known.has(key))).toEqual([])
  for (const { name, answer } of answers) {
    const absolute = shapesOf(name, answer).flatMap(({ d }) =>
      [...d.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].flatMap(([, x, y]) => [Number(x), Number(y)]),
    )
    for (const value of absolute) expect(value).toBeGreaterThanOrEqual(0)
    for (const value of absolute) expect(value).toBeLessThanOrEqual(32)
  }
})

test('the answers of one question can be told apart', () => {
  for (const { questions } of builtInTrees)
    for (const { name, answers } of questions)
      expect(new Set(answers.map((answer) => JSON.stringify(shapesOf(name, answer)))).size, name).toBe(answers.length)
})

test('an answer of a tree of the user’s own gets a neutral mark, hidden from a screen reader', () => {
  const icon = mount(AnswerIcon, { props: { question: 'shell', answer: 'yes' } })
  expect(icon.findAll('path')).toHaveLength(neutralShapes.length)
  expect(icon.attributes('aria-hidden')).toBe('true')
})
