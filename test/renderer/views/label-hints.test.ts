// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import type { Hint, HintRequest, Hints } from '@shared/contract/hints'
import type { LabellingSettings } from '@shared/contract/labelling'
import { PROJECT_HEADER } from '@shared/contract/requests'
import type { QueueItem } from '@shared/contract/records'
import { deferred, galaxy, json, labelRoutes, project, type Routes } from '../support'
import { answersSent, key, labelTests } from './label-page'

const { question, show, view } = labelTests()

const model: Hints['model'] = { id: 'model-003', round: 2, network: 'efficientnet-b0' }
const predicted: Record<string, Hint> = {
  'smooth-or-featured': {
    question: 'smooth-or-featured',
    fractions: { smooth: 0.3, 'featured-or-disk': 0.696, artifact: 0.004 },
    guess: 'featured-or-disk',
  },
  'disk-edge-on': { question: 'disk-edge-on', fractions: { yes: 0.9, no: 0.1 }, guess: 'yes' },
  'bulge-shape': { question: 'bulge-shape', fractions: { round: 0.4 }, guess: null },
}

/** The labelling of galaxies in memory, with hints as the server gives them: by the setting, and by the answers that it has committed. */
function hintRoutes(setting: LabellingSettings['hints'], items: QueueItem[], changes: Partial<Hints> = {}): Routes {
  const isSaid = (item: QueueItem, name: string) => item.answers.some(({ question }) => question === name) || item.cannotTell.includes(name)
  return {
    ...labelRoutes(items),
    'GET /api/labelling': () => json({ doubleShare: 0, repeatShare: 0.05, breakMinutes: 0, hints: setting }),
    'POST /api/hints': (body) => {
      const item = items.find(({ turn }) => turn === (body as HintRequest).turn)!
      const questions = Object.values(predicted).filter(({ question }) => setting === 'before' || isSaid(item, question))
      return json({ setting, model, isPredicted: true, questions, ...changes })
    },
  }
}

const words = (selector: string) =>
  view()
    .findAll(selector)
    .map((found) => found.text().replaceAll(/\s+/g, ' '))
const hints = () => words('[data-testid="hint"]')
const bodies = (calls: { path: string; body: unknown }[], of: string) => calls.filter(({ path }) => path === of).map(({ body }) => body)
const given = (calls: { path: string; body: unknown }[]) =>
  answersSent(calls).map(({ question: asked, answer }) => `${String(asked)}_${String(answer)}`)

describe('hints that are never shown', () => {
  test('are not asked for, and Enter says why it does nothing', async () => {
    const { calls } = await show(hintRoutes('never', [galaxy(1), galaxy(2)]))
    await key('Enter')
    await key(' ')
    expect([given(calls), question()]).toEqual([[], 'smooth-or-featured'])
    expect(view().text()).toContain("The model's first guess can be taken only where it is shown before the answer")
    for (const name of ['1', '1', '2']) await key(name)
    expect([view().get('[data-testid="galaxy-id"]').text(), bodies(calls, '/api/hints')]).toEqual(['galaxy-2', []])
    expect([hints(), view().find('[data-testid="model-hint"]').exists(), view().find('[data-testid="step-hint"]').exists()]).toEqual([
      [],
      false,
      false,
    ])
  })
})

describe('hints after the answer', () => {
  test('stand at each question of the strip once it is answered, in words, and on its answers when it is asked again', async () => {
    const { calls } = await show(hintRoutes('after', [galaxy(1)]))
    expect([hints(), bodies(calls, '/api/hints')]).toEqual([[], []])
    await key('1')
    expect(words('[data-testid="step-hint"]')).toEqual(['model: 70 % featured or disk'])
    expect(hints()).toEqual([])
    expect(view().get('[data-testid="model-hint"]').text()).toContain('model-003 (after round 2, efficientnet-b0)')
    await key('ArrowLeft')
    expect(hints()).toEqual(['predicted by the model: 30 %', 'predicted by the model: 70 %', 'predicted by the model: < 1 %'])
    await key('Enter')
    expect(given(calls)).toEqual(['smooth-or-featured_smooth'])
  })

  test('go with an answer that is taken back', async () => {
    await show(hintRoutes('after', [galaxy(1)]))
    await key('1')
    await key('z')
    expect([question(), hints(), words('[data-testid="step-hint"]')]).toEqual(['smooth-or-featured', [], []])
  })

  test('of a last answer are told when the next galaxy is on screen, which is asked about by nobody', async () => {
    const { calls } = await show(hintRoutes('after', [galaxy(1), galaxy(2)]))
    await key('3')
    expect(view().get('[data-testid="galaxy-id"]').text()).toBe('galaxy-2')
    expect(words('[data-testid="hint-before"]')).toEqual(['The galaxy before: galaxy-1, smooth or featured: model: 70 % featured or disk'])
    expect(new Set(bodies(calls, '/api/hints').map((body) => (body as HintRequest).galaxyKey))).toEqual(new Set([1]))
    expect(hints()).toEqual([])
  })
})

describe('hints before the answer', () => {
  test('stand on every answer in percent, with whose they are, and are asked for once a galaxy', async () => {
    const { calls } = await show(hintRoutes('before', [galaxy(1), galaxy(2)]))
    expect(words('[data-answer]')).toEqual([
      '1 smooth predicted by the model: 30 %',
      '2 featured or disk predicted by the model: 70 %',
      '3 artifact predicted by the model: < 1 %',
    ])
    expect(words('[data-testid="model-hint"]')).toEqual([
      'Predicted by model-003 (after round 2, efficientnet-b0) First guess: featured or disk⏎',
    ])
    expect(bodies(calls, '/api/hints')).toEqual([{ galaxyKey: 1, turn: 'turn-1', annotator: 'Ada' }])
    await key('2')
    expect(bodies(calls, '/api/hints')).toHaveLength(1)
    expect(words('[data-testid="step-hint"]')).toEqual(['model: 70 % featured or disk'])
  })

  test('Enter and Space take the first guess along the tree, and where there is none they say so', async () => {
    const { calls } = await show(hintRoutes('before', [galaxy(1)]))
    await key('Enter')
    await key(' ')
    expect([given(calls), question()]).toEqual([['smooth-or-featured_featured-or-disk', 'disk-edge-on_yes'], 'bulge-shape'])
    expect(hints()).toEqual(['predicted by the model: 40 %', 'not predicted by the model', 'not predicted by the model'])
    await key('Enter')
    expect(given(calls)).toHaveLength(2)
    expect(view().text()).toContain('The model says too little of this question for a first guess.')
  })

  test('a first guess never replaces an answer that was given', async () => {
    const { calls } = await show(hintRoutes('before', [galaxy(1)]))
    await key('1')
    await key('ArrowLeft')
    await key('Enter')
    expect(given(calls)).toEqual(['smooth-or-featured_smooth'])
    expect(view().text()).toContain('This question has your answer already.')
  })

  test('a guess that was typed while an answer is being saved is for the question that follows', async () => {
    const gate = deferred<null>()
    const routes = hintRoutes('before', [galaxy(1)])
    const { calls } = await show({
      ...routes,
      'POST /api/labels': async (body, url) => {
        await gate.promise
        return routes['POST /api/labels']!(body, url)
      },
    })
    await key('2')
    await key('Enter')
    gate.resolve(null)
    await flushPromises()
    expect(given(calls)).toEqual(['smooth-or-featured_featured-or-disk', 'disk-edge-on_yes'])
  })

  test('nothing is guessed before the prediction is there, nor where there is none', async () => {
    const gate = deferred<null>()
    const routes = hintRoutes('before', [galaxy(1)], { isPredicted: false, questions: [] })
    const { calls } = await show({
      ...routes,
      'POST /api/hints': async (body, url) => {
        await gate.promise
        return routes['POST /api/hints']!(body, url)
      },
    })
    await key('Enter')
    expect(view().text()).toContain("The model's prediction of this galaxy is not here yet.")
    gate.resolve(null)
    await flushPromises()
    expect(view().get('[data-testid="model-hint"]').text()).toContain(
      'model-003 (after round 2, efficientnet-b0) has not predicted this galaxy.',
    )
    await key('Enter')
    expect(given(calls)).toEqual([])
  })

  test('that cannot be read are an error on screen, and answers go on', async () => {
    const { calls } = await show({
      ...hintRoutes('before', [galaxy(1)]),
      'POST /api/hints': () => json({ code: 'catalogue/busy', message: 'Another program has the catalogue.' }, 503),
    })
    expect(view().get('[data-testid="model-hint"]').text()).toContain('Another program has the catalogue.')
    await key('1')
    expect([given(calls), question()]).toEqual([['smooth-or-featured_smooth'], 'how-rounded'])
  })

  test('are of the project on screen, and where another is open by now it is said', async () => {
    const named: (string | null | undefined)[] = []
    await show({
      ...hintRoutes('before', [galaxy(1)]),
      'POST /api/hints': (_, __, headers) => {
        named.push(headers?.get(PROJECT_HEADER))
        return json({ code: 'project/changed', message: 'Another project was opened meanwhile.' }, 503)
      },
    })
    expect(named).toEqual([encodeURIComponent(project().path)])
    expect(view().get('[data-testid="model-hint"]').text()).toContain('Another project was opened meanwhile.')
  })

  test('are asked for nobody who has not given a name', async () => {
    const { calls } = await show(hintRoutes('before', [galaxy(1)]), project(), '')
    expect(bodies(calls, '/api/hints')).toEqual([])
  })
})
