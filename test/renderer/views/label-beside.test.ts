// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test, vi } from 'vitest'
import type { Example, Examples, Neighbours } from '@shared/contract/beside'
import { useSettingsStore } from '@renderer/stores/settings'
import { deferred, freshStores, galaxy, json, labelRoutes, project, type Routes } from '../support'
import { key, labelTests } from './label-page'

const { show, text, view } = labelTests()

/** Both are read when the window has nothing else to do, which on a busy machine takes its time. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 50_000 })

const example = (galaxyKey: number, change: Partial<Example> = {}): Example => ({
  galaxyKey,
  id: `g${galaxyKey}`,
  source: 'votes',
  fraction: 0.95,
  votes: 40,
  isStarred: false,
  ...change,
})
const own = { source: 'own', fraction: null, votes: null } as const
const voted: Examples = {
  minVotes: 20,
  answers: {
    'smooth-or-featured_smooth': [example(11), example(1), example(12), example(13)],
    'smooth-or-featured_artifact': [example(14, { ...own, isStarred: true })],
  },
}
const ofAda: Examples = { minVotes: null, answers: { 'smooth-or-featured_smooth': [example(11, own)] } }
const examplesRoute = (examples: Examples): Routes => ({ 'GET /api/examples': () => json(examples) })
/** What the pictures say, answer by answer of the question on screen. */
const pictures = () =>
  view()
    .findAll('[data-testid="examples"]')
    .map((list) => list.findAll('li > img').map((image) => image.attributes('alt')))

describe('examples beside the answers', () => {
  test('say which galaxy they are and what was answered; the galaxy on screen is none of them', async () => {
    await show({ ...labelRoutes([galaxy(1), galaxy(2)]), ...examplesRoute(voted) })
    await eventually(() =>
      expect(pictures()).toEqual([
        ['g11: 95 % of 40 votes', 'g12: 95 % of 40 votes', 'g13: 95 % of 40 votes'],
        [],
        ['g14: your answer, starred'],
      ]),
    )
    await key('3')
    expect(pictures()[0]).toEqual(['g11: 95 % of 40 votes', 'g1: 95 % of 40 votes', 'g12: 95 % of 40 votes'])
  })

  test('are asked for once for all galaxies and questions, in the name of whoever labels', async () => {
    const { calls } = await show({ ...labelRoutes([galaxy(1), galaxy(2)]), ...examplesRoute(voted) })
    await eventually(() => expect(pictures()).toHaveLength(3))
    await key('1')
    await key('2')
    await key('2')
    const asked = () => calls.filter(({ path }) => path.startsWith('/api/examples')).map(({ path }) => path)
    expect(asked()).toEqual(['/api/examples?annotator=Ada'])
    useSettingsStore().annotator = 'Ben'
    await eventually(() => expect(asked()).toEqual(['/api/examples?annotator=Ada', '/api/examples?annotator=Ben']))
  })

  test('a key hides them for this project, also at the next start, and shows them again', async () => {
    const routes = () => ({ ...labelRoutes([galaxy(1)]), ...examplesRoute(voted) })
    await show(routes())
    await eventually(() => expect(pictures()).toHaveLength(3))
    await key('b')
    expect(pictures()).toEqual([])
    view().unmount()
    const kept = { ...localStorage } as Record<string, string>
    freshStores()
    for (const [name, value] of Object.entries(kept)) localStorage.setItem(name, value)
    const { calls } = await show(routes())
    await eventually(() => expect(calls.some(({ path }) => path.startsWith('/api/examples'))).toBe(true))
    await flushPromises()
    expect(pictures()).toEqual([])
    await key('b')
    expect(pictures()).toHaveLength(3)
    view().unmount()
    await show(routes(), project({ path: '/data/other.galaxydesk' }))
    await eventually(() => expect(pictures()).toHaveLength(3))
  })

  test('of answers alone stand beside them once they are wanted', async () => {
    const { calls } = await show({ ...labelRoutes([galaxy(1)]), ...examplesRoute(ofAda) })
    await eventually(() => expect(calls.some(({ path }) => path.startsWith('/api/examples'))).toBe(true))
    await flushPromises()
    expect(pictures()).toEqual([])
    await view()
      .findAll('button')
      .find((button) => button.text().startsWith('Examples'))!
      .trigger('click')
    expect(pictures()).toEqual([['g11: your answer'], [], []])
  })

  test('come large for all answers by a key, with what they are', async () => {
    await show({ ...labelRoutes([galaxy(1)]), ...examplesRoute(voted) })
    await eventually(() => expect(pictures()).toHaveLength(3))
    await key('u')
    const dialog = view().get('[data-testid="examples-dialog"]')
    expect(dialog.findAll('figcaption').map((caption) => caption.text())).toEqual([
      'g11: 95 % of 40 votes',
      'g12: 95 % of 40 votes',
      'g13: 95 % of 40 votes',
      'g14: your answer, starred',
    ])
    expect(dialog.text()).toContain('No example yet.')
    expect(dialog.text()).toContain('at least 20 at this question')
  })

  test('that cannot be read leave the answers as they are, and say so where they are asked for', async () => {
    await show({
      ...labelRoutes([galaxy(1)]),
      'GET /api/examples': () => json({ code: 'search/died', message: 'The search stopped.' }, 500),
    })
    await key('b')
    expect(view().findAll('[data-answer]')).toHaveLength(3)
    await key('u')
    await eventually(() => expect(view().get('[data-testid="examples-dialog"]').text()).toContain('The search stopped.'))
  })
})

const found = (keys: readonly number[]): Neighbours => ({
  kind: 'found',
  modelId: 'model-002',
  neighbours: keys.map((galaxyKey, i) => ({
    galaxyKey,
    id: `galaxy-${galaxyKey}`,
    similarity: 0.9987 - i / 10,
    answers: [
      { question: 'smooth-or-featured', answer: 'featured-or-disk' },
      { question: 'disk-edge-on', answer: 'yes' },
    ],
    cannotTell: ['bulge-shape'],
  })),
})
const neighbours = () => view().get('[data-testid="neighbours"]')

describe('the nearest labelled galaxies', () => {
  test('show how alike they are, and what was answered where the annotator wants to see it', async () => {
    const { calls } = await show({ ...labelRoutes([galaxy(1)]), 'GET /api/galaxies/1/neighbours': () => json(found([7, 8])) })
    await eventually(() => expect(neighbours().findAll('li button')).toHaveLength(2))
    const [first] = neighbours().findAll('li button')
    const said = () => first!.text().replaceAll(/\s+/g, ' ')
    expect([said(), first!.attributes('title')]).toEqual(['0.999', 'galaxy-7'])
    await key('K', { shiftKey: true })
    expect(said()).toBe('0.999 featured or disk, disk edge on: yes, bulge shape: cannot tell')
    await key('K', { shiftKey: true })
    expect(said()).toBe('0.999')
    expect(first!.get('img').attributes('alt')).toBe('galaxy-7')
    expect(neighbours().text()).toContain('model-002')
    expect(calls.filter(({ path }) => path.includes('neighbours')).map(({ path }) => path)).toEqual([
      '/api/galaxies/1/neighbours?annotator=Ada',
    ])
  })

  test('show what was answered about them where this galaxy is done', async () => {
    const done = galaxy(7, { isComplete: true, answers: [{ question: 'smooth-or-featured', answer: 'artifact' }] })
    await show({
      ...labelRoutes([galaxy(1)]),
      'GET /api/galaxies/1/neighbours': () => json(found([7])),
      'GET /api/galaxies/7/neighbours': () => json(found([8])),
      'GET /api/queue/item': () => json({ item: done }),
    })
    await eventually(() => expect(neighbours().findAll('li button')).toHaveLength(1))
    await neighbours().get('li button').trigger('click')
    await eventually(() => expect(neighbours().find('li').text()).toContain('disk edge on: yes'))
  })

  test('a click brings one on screen, and a key leads to the first', async () => {
    await show({
      ...labelRoutes([galaxy(1), galaxy(2)]),
      'GET /api/galaxies/1/neighbours': () => json(found([7, 8])),
      'GET /api/queue/item': (_, url) => json({ item: galaxy(Number(url.searchParams.get('galaxyKey'))) }),
    })
    await eventually(() => expect(neighbours().findAll('li button')).toHaveLength(2))
    await key('r')
    expect(document.activeElement).toBe(neighbours().get('li button').element)
    await neighbours().get('li button').trigger('click')
    await eventually(() => expect(text('galaxy-id')).toBe('galaxy-7'))
  })

  test.each([
    ['no-model', null, 'There is no model yet'],
    ['not-predicted', 'model-002', 'model-002 has not looked at the whole survey yet'],
    ['no-features', 'model-002', 'model-002 kept no features'],
    ['no-labels', 'model-002', 'You have labelled no other galaxy yet.'],
  ] as const)('where there are none (%s) a sentence says why', async (reason, modelId, text) => {
    await show({ ...labelRoutes([galaxy(1)]), 'GET /api/galaxies/1/neighbours': () => json({ kind: 'none', reason, modelId }) })
    await eventually(() => expect(neighbours().text()).toContain(text))
    expect(neighbours().findAll('li button')).toEqual([])
  })

  test('of the galaxy before are never shown beside the next one', async () => {
    const late = deferred<Response>()
    const { calls } = await show({
      ...labelRoutes([galaxy(1), galaxy(2)]),
      'GET /api/galaxies/1/neighbours': () => late.promise,
      'GET /api/galaxies/2/neighbours': () => json(found([8])),
    })
    await eventually(() => expect(calls.some(({ path }) => path.includes('/1/neighbours'))).toBe(true))
    await key('3')
    late.resolve(json(found([7])))
    await eventually(() =>
      expect(
        neighbours()
          .findAll('img')
          .map((image) => image.attributes('alt')),
      ).toEqual(['galaxy-8']),
    )
  })

  test('that cannot be read say why, and the labels go on', async () => {
    const refusal = json({ code: 'search/died', message: 'The search stopped.' }, 500)
    const { calls } = await show({ ...labelRoutes([galaxy(1), galaxy(2)]), 'GET /api/galaxies/1/neighbours': () => refusal })
    await eventually(() => expect(neighbours().text()).toContain('The search stopped.'))
    await key('3')
    expect(calls.filter(({ path }) => path === '/api/labels')).toHaveLength(1)
    expect(text('galaxy-id')).toBe('galaxy-2')
  })
})
