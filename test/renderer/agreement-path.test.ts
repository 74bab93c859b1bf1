import { describe, expect, test } from 'vitest'
import { agreementSteps, isSettled, openStep } from '@renderer/agreement-path'
import { gz2 } from './support'

const given = (answers: Record<string, string>) => Object.entries(answers).map(([question, answer]) => ({ question, answer }))
const answers = [
  { annotator: 'Ada', answers: given({ 'smooth-or-featured': 'smooth', 'how-rounded': 'round', 'something-odd': 'no' }) },
  {
    annotator: 'Ben',
    answers: given({ 'smooth-or-featured': 'featured-or-disk', 'disk-edge-on': 'yes', 'bulge-shape': 'boxy', 'something-odd': 'no' }),
  },
]
const stepsAfter = (...resolved: { question: string; answer: string }[]) => agreementSteps(gz2, { answers, resolved })
const names = (steps: ReturnType<typeof stepsAfter>) => steps.map(({ question }) => question.name)

describe('the path of agreed answers', () => {
  test('begins at the question in which they differ, and no question behind it is asked', () => {
    const steps = stepsAfter()
    expect(names(steps)).toEqual(['smooth-or-featured'])
    expect(steps[0]).toMatchObject({ said: ['smooth', 'featured-or-disk'], agreed: null, isResolved: false })
    expect(openStep(steps)).toBe(steps[0])
    expect(isSettled(steps)).toBe(false)
  })

  test('leads on to what only one of them was asked, and takes what both said', () => {
    const steps = stepsAfter({ question: 'smooth-or-featured', answer: 'featured-or-disk' })
    expect(names(steps)).toEqual(['smooth-or-featured', 'disk-edge-on', 'something-odd'])
    expect(steps.map(({ said }) => said)).toEqual([
      ['smooth', 'featured-or-disk'],
      [null, 'yes'],
      ['no', 'no'],
    ])
    expect(steps.map(({ agreed, isResolved }) => [agreed, isResolved])).toEqual([
      ['featured-or-disk', true],
      [null, false],
      ['no', false],
    ])
    expect(openStep(steps)?.question.name).toBe('disk-edge-on')
    expect(isSettled(steps)).toBe(false)
  })

  test('ends when every question that is asked has its agreed answer', () => {
    const steps = stepsAfter(...given({ 'smooth-or-featured': 'smooth', 'how-rounded': 'in-between' }))
    expect(openStep(steps)).toBeNull()
    expect(isSettled(steps)).toBe(true)
  })

  test('is settled where nobody was asked what is still open', () => {
    const steps = stepsAfter(...given({ 'smooth-or-featured': 'featured-or-disk', 'disk-edge-on': 'no' }))
    expect(openStep(steps)?.question.name).toBe('has-spiral-arms')
    expect(isSettled(steps)).toBe(true)
  })
})
