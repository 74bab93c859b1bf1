import { describe, expect, test } from 'vitest'
import { agreementSteps, isSettled, openStep } from '@shared/science/agreement/agreement-steps'
import { createRandom, type Random } from '@shared/science/stats/random'
import { findTree } from '@shared/science/tree/built-in'
import { nextQuestion, type GivenAnswer } from '@shared/science/tree/flow'

const gz2 = findTree('gz2')
const given = (answers: Record<string, string>) => Object.entries(answers).map(([question, answer]) => ({ question, answer }))
const answers = [
  { answers: given({ 'smooth-or-featured': 'smooth', 'how-rounded': 'round', 'something-odd': 'no' }), cannotTell: [] },
  {
    answers: given({ 'smooth-or-featured': 'featured-or-disk', 'disk-edge-on': 'yes', 'bulge-shape': 'boxy', 'something-odd': 'no' }),
    cannotTell: [],
  },
]
const stepsAfter = (...resolved: GivenAnswer[]) => agreementSteps(gz2, { answers, resolved })
type Steps = ReturnType<typeof stepsAfter>
const names = (steps: Steps) => steps.map(({ question }) => question.name)
const said = (steps: Steps) => steps.map((step) => step.said.map(({ answer, isUntold }) => (isUntold ? 'cannot tell' : answer)))

describe('the path of agreed answers', () => {
  test('begins at the question in which they differ, and no question behind it is asked', () => {
    const steps = stepsAfter()
    expect(names(steps)).toEqual(['smooth-or-featured'])
    expect(said(steps)).toEqual([['smooth', 'featured-or-disk']])
    expect(steps[0]).toMatchObject({ agreed: null, isResolved: false })
    expect(openStep(steps)).toBe(steps[0])
    expect(isSettled(steps)).toBe(false)
  })

  test('leads on to what only one of them was asked, and takes what both said', () => {
    const steps = stepsAfter({ question: 'smooth-or-featured', answer: 'featured-or-disk' })
    expect(names(steps)).toEqual(['smooth-or-featured', 'disk-edge-on', 'something-odd'])
    expect(said(steps)).toEqual([
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

  test('tells who could not tell from who was not asked', () => {
    const [ada, ben] = answers as [(typeof answers)[0], (typeof answers)[1]]
    const cleo = { answers: given({ 'smooth-or-featured': 'smooth', 'something-odd': 'no' }), cannotTell: ['how-rounded'] }
    const resolved = given({ 'smooth-or-featured': 'smooth' })
    const steps = agreementSteps(gz2, { answers: [ada, ben, cleo], resolved })
    expect(said(steps).slice(0, 2)).toEqual([
      ['smooth', 'featured-or-disk', 'smooth'],
      ['round', null, 'cannot tell'],
    ])
    expect(isSettled(steps)).toBe(false)
    // What Ada said is what is left to agree on: without it nothing is.
    expect(isSettled(agreementSteps(gz2, { answers: [ben, cleo], resolved }))).toBe(true)
  })

  test('takes nothing from what the others gave where somebody could tell nothing at all', () => {
    const unsure = { answers: [], cannotTell: ['smooth-or-featured'] }
    const resolved = given({ 'smooth-or-featured': 'smooth', 'how-rounded': 'round' })
    const steps = agreementSteps(gz2, { answers: [...answers, unsure], resolved })
    expect(steps.map(({ agreed }) => agreed)).toEqual(['smooth', 'round', 'no'])
    expect(said(steps)[0]).toEqual(['smooth', 'featured-or-disk', 'cannot tell'])
    expect(isSettled(steps)).toBe(true)
  })

  test('is never settled where they differ and nothing was resolved', () => {
    const random = createRandom(11, 'agreement')
    let differing = 0
    for (let galaxy = 0; galaxy < 500; galaxy++) {
      const answers = Array.from({ length: 2 + random.integer(3) }, () => randomly(random))
      const doDiffer = gz2.questions.some(({ name }) => {
        const given = answers.flatMap((each) => each.answers.filter(({ question }) => question === name).map(({ answer }) => answer))
        return new Set(given).size > 1
      })
      if (!doDiffer) continue
      differing++
      expect(isSettled(agreementSteps(gz2, { answers, resolved: [] })), JSON.stringify(answers)).toBe(false)
    }
    expect(differing).toBeGreaterThan(200)
  })
})

/** Somebody who answers some questions of the path, cannot tell others, and may stop before its end. */
function randomly(random: Random): { answers: GivenAnswer[]; cannotTell: string[] } {
  const answers: GivenAnswer[] = []
  const untold = new Set<string>()
  for (let n = 0; n < 8; n++) {
    const question = nextQuestion(gz2, answers, untold)
    if (question === null || random.next() < 0.05) break
    if (random.next() < 0.2) untold.add(question.name)
    else answers.push({ question: question.name, answer: question.answers[random.next() < 0.6 ? 0 : 1]! })
  }
  return { answers, cannotTell: [...untold] }
}
