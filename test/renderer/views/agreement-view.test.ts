// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import { useSettingsStore } from '@renderer/stores/settings'
import AgreementView from '@renderer/views/AgreementView.vue'
import type { Agreement, Difference } from '@shared/contract/quality'
import type { LabelEvent } from '@shared/contract/records'
import type { LabelRequest, UndoRequest } from '@shared/contract/requests'
import { deferred, eventOf, json } from '../support'
import { agreementRoutes, differing } from './agreement-routes'
import { kappa, pageTests, sent, type } from './page'

const { show, view } = pageTests()

describe('Agreement', () => {
  const id = () => view().get('[data-testid="difference-id"]').text()
  const place = () => view().get('[data-testid="difference-place"]').text()

  test('a question has its kappa, interval and number; one that nobody was asked twice has no row', async () => {
    await show(AgreementView, agreementRoutes([]))
    expect(
      view()
        .findAll('[data-testid="kappa-row"]')
        .map((row) => row.findAll('th, td').map((cell) => cell.text())),
    ).toEqual([
      ['smooth or featured', '0.60', '0.40 to 0.80', '', '85.0 %', '40'],
      ['bar', '–', '–', 'cannot be told: everybody always says the same', '100.0 %', '5'],
    ])
    expect(view().text()).toContain('Cohen’s kappa over 40 galaxies')
    expect(view().text()).toContain('They gave the same answers')
  })

  test('of three annotators it is that of all, and by choice or key that of two', async () => {
    const routes = agreementRoutes([])
    const summary = (await (await routes['GET /api/agreement']!(undefined, new URL('http://x'))).json()) as Agreement
    const cleo = { name: 'Cleo', galaxies: 9, entries: 30 }
    await show(AgreementView, {
      ...routes,
      'GET /api/agreement': () => json({ ...summary, method: 'fleiss', annotators: [...summary.annotators, cleo] }),
      'GET /api/agreement/pair': (_, { searchParams }) => {
        const [first, second] = [searchParams.get('first')!, searchParams.get('second')!]
        return json({ first, second, galaxies: 9, questions: { bar: kappa({ n: second.length }) } })
      },
    })
    expect(view().text()).toContain('Fleiss’ kappa over 40 galaxies that two or more annotators labelled')
    const options = view().findAll('select option')
    expect(options.map((option) => option.text())).toEqual(['all annotators', 'Ada and Ben', 'Ada and Cleo', 'Ben and Cleo'])
    await view().get('select').setValue('1')
    await flushPromises()
    expect(view().text()).toContain('Cohen’s kappa over 9 galaxies that both labelled')
    expect(
      view()
        .findAll('[data-testid="kappa-row"]')
        .map((row) => row.attributes('data-question')),
    ).toEqual(['bar'])
    await type('p')
    expect((view().get('select').element as HTMLSelectElement).value).toBe('2')
    await type('p')
    expect(view().text()).toContain('Fleiss’ kappa')
  })

  test('who labels now can be changed, and the share that everybody labels is kept in the project', async () => {
    useSettingsStore().annotator = 'Ada'
    const { calls } = await show(AgreementView, agreementRoutes([]))
    expect(view().get('[data-name="Ada"]').text()).toContain('labels now')
    await view().get('button[aria-label="Label as Ben"]').trigger('click')
    expect(useSettingsStore().annotator).toBe('Ben')
    await view().get('input[type="number"]').setValue('20')
    await flushPromises()
    expect(sent(calls, '/api/labelling')).toEqual([{ doubleShare: 0.2 }])
  })

  test('a number key resolves the open question, question by question, and then comes the next galaxy', async () => {
    useSettingsStore().annotator = 'Ada'
    const { calls } = await show(AgreementView, agreementRoutes([differing(1), differing(2)]))
    expect([id(), place()]).toEqual(['galaxy-1', '1 of 2, 0 resolved'])
    await type('1')
    expect(
      view()
        .findAll('[data-testid="difference-row"]')
        .map((row) => row.attributes('data-question')),
    ).toEqual(['smooth-or-featured', 'how-rounded', 'something-odd'])
    expect(id()).toBe('galaxy-1')
    await type('2')
    await type('2')
    expect([id(), place()]).toEqual(['galaxy-2', '2 of 2, 1 resolved'])
    expect(sent(calls, '/api/labels')).toMatchObject([
      { galaxyKey: 1, annotator: 'Ada', kind: 'resolve', question: 'smooth-or-featured', answer: 'smooth' },
      { galaxyKey: 1, annotator: 'Ada', kind: 'resolve', question: 'how-rounded', answer: 'in-between' },
      { galaxyKey: 1, annotator: 'Ada', kind: 'resolve', question: 'something-odd', answer: 'no' },
    ])
  })

  test('what is looked at meanwhile stays on screen when the write is answered, and a key for a galaxy that has left it does nothing', async () => {
    useSettingsStore().annotator = 'Ada'
    const reply = deferred<null>()
    const routes = agreementRoutes([differing(1), differing(2), differing(3)])
    const { calls } = await show(AgreementView, {
      ...routes,
      'POST /api/labels': (body, url) => reply.promise.then(() => routes['POST /api/labels']!(body, url)),
    })
    await type('3')
    await type('2')
    await type('ArrowRight')
    expect(id()).toBe('galaxy-2')
    reply.resolve(null)
    await flushPromises()
    expect([id(), place()]).toEqual(['galaxy-2', '2 of 3, 1 resolved'])
    expect(sent(calls, '/api/labels')).toHaveLength(1)
    expect(view().text()).toContain('A key was pressed before this galaxy was on screen, and was left out.')
  })

  test('a double click on an answer agrees once', async () => {
    useSettingsStore().annotator = 'Ada'
    const { calls } = await show(AgreementView, agreementRoutes([differing(1)]))
    const answer = view().get('[data-agree="smooth"]')
    void answer.trigger('click')
    await answer.trigger('click')
    await flushPromises()
    expect(sent(calls, '/api/labels')).toMatchObject([{ question: 'smooth-or-featured' }])
  })

  test('a galaxy counts as resolved once nothing is left in it, also after undo and redo', async () => {
    useSettingsStore().annotator = 'Ada'
    await show(AgreementView, agreementRoutes([differing(1), differing(2)]))
    const seen: string[][] = []
    for (const [key, init] of [['1'], ['2'], ['2'], ['z'], ['z'], ['Z', { shiftKey: true }], ['Z', { shiftKey: true }]] as const) {
      await type(key, init)
      seen.push([id(), place()])
    }
    expect(seen).toEqual([
      ['galaxy-1', '1 of 2, 0 resolved'],
      ['galaxy-1', '1 of 2, 0 resolved'],
      ['galaxy-2', '2 of 2, 1 resolved'],
      ['galaxy-1', '1 of 2, 0 resolved'],
      ['galaxy-1', '1 of 2, 0 resolved'],
      ['galaxy-1', '1 of 2, 0 resolved'],
      ['galaxy-1', '1 of 2, 1 resolved'],
    ])
  })

  test('who could not tell is not shown as one who was not asked', async () => {
    useSettingsStore().annotator = 'Dora'
    const [ada, ben] = differing(1).answers as [Difference['answers'][0], Difference['answers'][0]]
    const cleo = { annotator: 'Cleo', answers: [{ question: 'smooth-or-featured', answer: 'smooth' }], cannotTell: ['how-rounded'] }
    await show(AgreementView, agreementRoutes([{ ...differing(1), answers: [ada, ben, cleo] }]))
    await type('1')
    expect(
      view()
        .findAll('[data-testid="difference-row"]')
        .map((row) => row.findAll('td').map((cell) => cell.text())),
    ).toEqual([
      ['smooth', 'artifact', 'smooth', 'smooth (resolved)'],
      ['round', 'not asked', 'cannot tell', 'open'],
      ['no', 'not asked', 'not asked', 'open'],
    ])
  })

  test('undo takes back the latest resolve that stands, shows its galaxy, and says when none is left', async () => {
    useSettingsStore().annotator = 'Ada'
    const log: LabelEvent[] = []
    await show(AgreementView, agreementRoutes([differing(1), differing(2)], log))
    await type('3')
    expect(id()).toBe('galaxy-2')
    await type('z')
    expect([id(), place()]).toEqual(['galaxy-1', '1 of 2, 0 resolved'])
    expect(log.at(-1)).toMatchObject({ kind: 'undo', galaxyKey: 1, undoes: log[0]!.uuid })
    await type('z')
    expect(log).toHaveLength(2)
    expect(view().text()).toContain('You have resolved nothing that could be taken back.')
  })

  test('more galaxies than one page are reached one by one, each once, also when some were resolved meanwhile', async () => {
    useSettingsStore().annotator = 'Ada'
    await show(AgreementView, agreementRoutes(Array.from({ length: 55 }, (_, i) => differing(i + 1))))
    const seen = [id()]
    await type('3')
    for (let n = 0; n < 54; n++) {
      seen.push(id())
      await type('ArrowRight')
    }
    expect(seen).toEqual(Array.from({ length: 55 }, (_, i) => `galaxy-${i + 1}`))
    expect(place()).toBe('55 of 55, 1 resolved')
  })

  test.each([
    { galaxyKey: 1, answer: 'artifact', first: 'galaxy-2', before: 1 },
    // What was begun only is still among the open ones, and counts neither before nor after.
    { galaxyKey: 55, answer: 'smooth', first: 'galaxy-1', before: 0 },
  ])('undo finds a galaxy that is not loaded, $before resolved before', async ({ galaxyKey, answer, first, before }) => {
    useSettingsStore().annotator = 'Ada'
    const resolve: LabelRequest = {
      uuid: crypto.randomUUID(),
      galaxyKey,
      annotator: 'Ada',
      kind: 'resolve',
      question: 'smooth-or-featured',
      answer,
    }
    await show(
      AgreementView,
      agreementRoutes(
        Array.from({ length: 55 }, (_, i) => differing(i + 1)),
        [eventOf(resolve) as LabelEvent],
      ),
    )
    expect([id(), place()]).toEqual([first, `1 of 55, ${before} resolved`])
    await type('z')
    expect([id(), place()]).toEqual([`galaxy-${galaxyKey}`, '1 of 55, 0 resolved'])
    await type('Z', { shiftKey: true })
    expect([id(), place()]).toEqual([`galaxy-${galaxyKey}`, `1 of 55, ${before} resolved`])
  })

  test('redo brings back what was taken back, one by one, and not past a new resolve', async () => {
    useSettingsStore().annotator = 'Ada'
    const log: LabelEvent[] = []
    const { calls } = await show(AgreementView, agreementRoutes([differing(1), differing(2), differing(3)], log))
    await type('3')
    await type('3')
    // Two quick keys: the second does not wait for what the first shows.
    void type('z')
    await type('z')
    await expect.poll(() => [id(), place()]).toEqual(['galaxy-1', '1 of 3, 0 resolved'])
    expect(view().get('[data-testid="saved"]').text()).toBe('✓ Saved: taken back')
    await type('Z', { shiftKey: true })
    expect([id(), place()]).toEqual(['galaxy-1', '1 of 3, 1 resolved'])
    expect(view().get('[data-testid="saved"]').text()).toBe('✓ Saved: brought back')
    await type('y', { ctrlKey: true })
    expect([id(), place()]).toEqual(['galaxy-2', '2 of 3, 2 resolved'])
    expect(view().get('[data-testid="settled"]').text()).toBe('✓ settled')
    await type('z')
    await type('1')
    await type('Z', { shiftKey: true })
    expect(view().text()).toContain('You have taken back nothing that could be brought back.')
    expect(sent(calls, '/api/labels/redo').every((body) => (body as UndoRequest).kind === 'resolve')).toBe(true)
    expect(log.filter(({ kind }) => kind === 'resolve')).toHaveLength(3)
  })

  test('without a name nothing is resolved', async () => {
    const { calls } = await show(AgreementView, agreementRoutes([differing(1)]))
    await type('1')
    expect(sent(calls, '/api/labels')).toEqual([])
    expect(view().text()).toContain('Say above who you are')
  })

  test('whoever has still to label a galaxy does not see the answers of others unasked', async () => {
    useSettingsStore().annotator = 'Cleo'
    const routes = agreementRoutes([differing(1)])
    const withCleo = { name: 'Cleo', galaxies: 3, entries: 9 }
    // Who has only resolved so far has nothing to be kept blind for.
    const withDora = { name: 'Dora', galaxies: 0, entries: 9 }
    const summary = (await (await routes['GET /api/agreement']!(undefined, new URL('http://x'))).json()) as Agreement
    const { calls } = await show(AgreementView, {
      ...routes,
      'GET /api/agreement': () => json({ ...summary, annotators: [...summary.annotators, withCleo, withDora] }),
    })
    await type('1')
    expect(sent(calls, '/api/labels')).toEqual([])
    expect(view().findAll('[data-testid="difference-row"]')).toEqual([])
    useSettingsStore().annotator = 'Dora'
    await flushPromises()
    expect(view().findAll('[data-testid="difference-row"]')).toHaveLength(1)
    useSettingsStore().annotator = 'Cleo'
    await flushPromises()
    await view()
      .findAll('button')
      .find((button) => button.text() === 'Show the answers all the same')!
      .trigger('click')
    expect(view().findAll('[data-testid="difference-row"]')).toHaveLength(1)
  })

  test('a write that fails stays on screen with its reason', async () => {
    useSettingsStore().annotator = 'Ada'
    await show(AgreementView, {
      ...agreementRoutes([differing(1)]),
      'POST /api/labels': () => json({ code: 'catalogue/full', message: 'The disk is full. Make room.' }, 500),
    })
    await type('1')
    expect(view().get('[data-testid="save-failed"]').text()).toContain('The disk is full. Make room.')
    expect(id()).toBe('galaxy-1')
  })
})
