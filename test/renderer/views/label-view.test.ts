// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { router } from '@renderer/router'
import { useSettingsStore } from '@renderer/stores/settings'
import { useStatusStore } from '@renderer/stores/status'
import LabelView from '@renderer/views/LabelView.vue'
import {
  acquisition,
  deferred,
  eventOf,
  freshStores,
  galaxy,
  json,
  labelRoutes,
  project,
  serve,
  statusOf,
  written,
  type Routes,
} from '../support'

let view: VueWrapper
beforeEach(freshStores)
afterEach(() => {
  view.unmount()
  document.body.replaceChildren()
})

async function show(routes: Routes, summary: ReturnType<typeof project> | null = project(), annotator = 'Ada') {
  const served = serve({ 'GET /api/status': () => json(statusOf(summary)), ...routes })
  await useStatusStore().load()
  useSettingsStore().annotator = annotator
  view = mount(LabelView, { global: { plugins: [router] }, attachTo: document.body })
  await flushPromises()
  return served
}
const key = async (name: string, init: KeyboardEventInit = {}, target: EventTarget = document.body) => {
  target.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...init }))
  await flushPromises()
}
const text = (testid: string) => (view.find(`[data-testid="${testid}"]`).exists() ? view.get(`[data-testid="${testid}"]`).text() : null)
const question = () => view.find('[data-testid="question"]').attributes('data-question')
const lastWrite = (calls: { method: string }[]) => calls.findLast(({ method }) => method === 'POST')
const answersSent = (calls: { path: string; body: unknown }[]) =>
  calls.filter(({ path }) => path === '/api/labels').map(({ body }) => body as Record<string, unknown>)

describe('answers', () => {
  test('keys answer the questions along the tree and the next galaxy follows by itself', async () => {
    const { calls } = await show(labelRoutes([galaxy(1), galaxy(2)]))
    expect([text('galaxy-id'), question(), text('queue-progress'), text('saved')]).toEqual([
      'galaxy-1',
      'smooth-or-featured',
      '0 of 2',
      null,
    ])
    await key('1')
    expect([question(), text('saved')]).toEqual(['how-rounded', '✓ Saved: smooth or featured: smooth'])
    await key('2')
    await key('2')
    expect([text('galaxy-id'), question(), text('queue-progress')]).toEqual(['galaxy-2', 'smooth-or-featured', '1 of 2'])
    expect(answersSent(calls).map(({ question, answer }) => `${question}_${answer}`)).toEqual([
      'smooth-or-featured_smooth',
      'how-rounded_in-between',
      'something-odd_no',
    ])
    expect(new Set(answersSent(calls).map(({ uuid }) => uuid)).size).toBe(3)
  })

  test('carry who gave them and the time since the question came on screen', async () => {
    let now = 1000
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    const { calls } = await show(labelRoutes([galaxy(1)]))
    now += 700
    await key('1')
    now += 300
    await key('1')
    expect(answersSent(calls).map(({ annotator, durationMs }) => [annotator, durationMs])).toEqual([
      ['Ada', 700],
      ['Ada', 300],
    ])
    vi.restoreAllMocks()
  })

  test('a click does what the key does, and buttons are named by key and answer', async () => {
    const { calls } = await show(labelRoutes([galaxy(1)]))
    expect(view.findAll('[data-answer]').map((button) => button.text().replaceAll(/\s+/g, ' '))).toEqual([
      '1 smooth',
      '2 featured or disk',
      '3 artifact',
    ])
    await view.get('[data-answer="featured-or-disk"]').trigger('click')
    await flushPromises()
    expect([answersSent(calls).length, question()]).toEqual([1, 'disk-edge-on'])
  })

  test('a number without an answer, a key held down and a key typed into a field do nothing', async () => {
    const { calls } = await show(labelRoutes([galaxy(1)]))
    await key('4')
    await key('1', { repeat: true })
    const input = document.body.appendChild(document.createElement('input'))
    await key('1', {}, input)
    await key('1', { ctrlKey: true })
    expect(answersSent(calls)).toEqual([])
  })
})

describe('saving', () => {
  test('the question stays until the commit, and an answer typed meanwhile goes to the next question', async () => {
    const gates = [deferred<null>(), deferred<null>(), deferred<null>()]
    const waiting = [...gates]
    const routes = labelRoutes([galaxy(1), galaxy(2)])
    const { calls } = await show({
      ...routes,
      'POST /api/labels': async (body, url) => {
        await waiting.shift()!.promise
        return routes['POST /api/labels']!(body, url)
      },
    })
    await key('1')
    await key('3')
    expect([question(), text('saving'), text('saved')]).toEqual(['smooth-or-featured', 'Saving…', null])
    expect(view.get('[data-answer="smooth"]').text()).toContain('saving…')
    gates[0]!.resolve(null)
    await flushPromises()
    expect([question(), answersSent(calls).at(-1)!.answer]).toEqual(['how-rounded', 'cigar'])
  })

  test('an answer typed ahead is never given to a galaxy that was not yet seen', async () => {
    const gate = deferred<null>()
    const routes = labelRoutes([galaxy(1), galaxy(2)])
    const { calls } = await show({
      ...routes,
      'POST /api/labels': async (body, url) => {
        await gate.promise
        return routes['POST /api/labels']!(body, url)
      },
    })
    await key('3')
    await key('1')
    gate.resolve(null)
    await flushPromises()
    expect([text('galaxy-id'), question(), answersSent(calls).length]).toEqual(['galaxy-2', 'smooth-or-featured', 1])
  })

  test('a failed answer stays on screen with its reason and is retried with its UUID', async () => {
    const routes = labelRoutes([galaxy(1)])
    let failures = 1
    const { calls } = await show({
      ...routes,
      'POST /api/labels': (body, url) =>
        failures-- > 0
          ? json({ code: 'catalogue/disk-full', message: 'The disk is full. Free some space.' }, 500)
          : routes['POST /api/labels']!(body, url),
    })
    await key('1')
    expect([question(), text('saved')]).toEqual(['smooth-or-featured', null])
    expect(text('save-failed')).toContain('The disk is full. Free some space.')
    expect(text('save-failed')).toContain('catalogue/disk-full')
    expect(view.get('[data-answer="smooth"]').text()).toContain('not saved')
    await key('2')
    await view
      .findAll('button')
      .find((button) => button.text() === 'Try again now')!
      .trigger('click')
    await flushPromises()
    const sent = answersSent(calls)
    expect(sent).toHaveLength(2)
    expect(sent[1]).toEqual(sent[0])
    expect([question(), text('save-failed')]).toEqual(['how-rounded', null])
  })
})

describe('going back', () => {
  test('back asks the question before again, next leaves it as it was, and a changed answer changes the way', async () => {
    await show(labelRoutes([galaxy(1)]))
    await key('1')
    await key('Backspace')
    expect([question(), view.get('[data-answer="smooth"]').attributes('aria-pressed')]).toEqual(['smooth-or-featured', 'true'])
    await key('ArrowRight')
    expect(question()).toBe('how-rounded')
    await key('ArrowLeft')
    await key('2')
    expect(question()).toBe('disk-edge-on')
  })

  test('back from the first question shows the galaxy before', async () => {
    await show(labelRoutes([galaxy(1), galaxy(2)]))
    await key('ArrowRight')
    expect(text('galaxy-id')).toBe('galaxy-2')
    await key('ArrowLeft')
    expect(text('galaxy-id')).toBe('galaxy-1')
  })

  test('a question of the strip is asked again by a click', async () => {
    await show(labelRoutes([galaxy(1)]))
    await key('1')
    await key('1')
    await view.get('[data-step="smooth-or-featured"]').trigger('click')
    expect(question()).toBe('smooth-or-featured')
  })

  test('undo returns to the galaxy that it changed, from the next one as well', async () => {
    const { calls } = await show(labelRoutes([galaxy(1), galaxy(2)]))
    await key('3')
    expect(text('galaxy-id')).toBe('galaxy-2')
    await key('z', { ctrlKey: true })
    expect([text('galaxy-id'), question(), text('queue-progress')]).toEqual(['galaxy-1', 'smooth-or-featured', '0 of 2'])
    expect(lastWrite(calls)).toMatchObject({ path: '/api/labels/undo', body: { annotator: 'Ada' } })
    await key('z')
    expect(view.text()).toContain('Nothing is left to undo.')
  })

  test.each([['Z', { shiftKey: true }] as const, ['Z', { shiftKey: true, ctrlKey: true }] as const, ['y', { ctrlKey: true }] as const])(
    'redo (%s, %o) shows the galaxy that it changed',
    async (name, init) => {
      const redone = { ...galaxy(2), answers: [{ question: 'smooth-or-featured', answer: 'smooth' }] }
      const { calls } = await show({
        ...labelRoutes([galaxy(1), galaxy(2)]),
        'POST /api/labels/redo': () => json(written([], [redone], 2)),
      })
      await key(name, init)
      expect(lastWrite(calls)).toMatchObject({ path: '/api/labels/redo', body: { annotator: 'Ada' } })
      expect([text('galaxy-id'), question()]).toEqual(['galaxy-2', 'how-rounded'])
      expect(view.text()).toContain('Nothing is left to redo.')
    },
  )

  test('new counts of the project leave the galaxy on screen', async () => {
    const { calls } = await show(labelRoutes([galaxy(1), galaxy(2)]))
    await key('ArrowRight')
    await useStatusStore().load()
    await flushPromises()
    expect(text('galaxy-id')).toBe('galaxy-2')
    expect(calls.filter(({ path }) => path.startsWith('/api/queue?'))).toHaveLength(1)
  })

  test('the next round leaves no galaxy of the one before on screen', async () => {
    const { calls } = await show(labelRoutes([galaxy(1)]))
    serve({ 'GET /api/queue/next': () => deferred<Response>().promise })
    useStatusStore().setProject(project({ openRound: 2 }))
    await flushPromises()
    await key('1')
    expect([text('galaxy-id'), answersSent(calls)]).toEqual([null, []])
  })

  test('a skipped galaxy is recorded and passed over; flag and star turn their marks over and stay', async () => {
    const { calls } = await show(labelRoutes([galaxy(1), galaxy(2)]))
    await key('f')
    expect(text('flagged')).toBe('⚑ flagged')
    await key('f')
    await key('*', { shiftKey: true })
    expect([text('flagged'), text('starred')]).toEqual([null, '★ starred'])
    await key('s')
    expect(text('galaxy-id')).toBe('galaxy-2')
    expect(answersSent(calls).map(({ kind, galaxyKey, turn }) => [kind, galaxyKey, turn])).toEqual([
      ['flag', 1, 'turn-1'],
      ['flag', 1, 'turn-1'],
      ['star', 1, 'turn-1'],
      ['skip', 1, 'turn-1'],
    ])
  })

  test('"cannot tell" ends a question without an answer and goes on', async () => {
    await show(labelRoutes([galaxy(1), galaxy(2)]))
    await key('1')
    await key('0')
    expect([question(), view.get('[data-step="how-rounded"]').text()]).toEqual(['something-odd', 'how roundedcannot tell'])
    await key('2')
    expect(text('galaxy-id')).toBe('galaxy-2')
  })

  test('a note is written without leaving the keyboard, and its letters answer nothing', async () => {
    const { calls } = await show(labelRoutes([galaxy(1)]))
    await key('n')
    const field = view.get('textarea')
    await key('1', {}, field.element)
    await field.setValue(' a faint tail ')
    await field.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect([text('note'), view.find('textarea').exists()]).toEqual(['“a faint tail”', false])
    expect(answersSent(calls)).toMatchObject([{ kind: 'note', note: 'a faint tail' }])
  })

  test('keys that the user changed take the place of the first ones', async () => {
    await show(labelRoutes([galaxy(1), galaxy(2)]))
    useSettingsStore().bind('skip', ['K'])
    await key('s')
    expect(text('galaxy-id')).toBe('galaxy-1')
    await key('k')
    expect(text('galaxy-id')).toBe('galaxy-2')
  })

  test('while the clock stands no key answers', async () => {
    const { calls } = await show(labelRoutes([galaxy(1)]))
    await key('p')
    expect(view.text()).toContain('The clock stands')
    await key('1')
    expect(answersSent(calls)).toEqual([])
  })

  test('the history finds an entry and brings its galaxy back', async () => {
    const entry = {
      ...eventOf({ uuid: crypto.randomUUID(), galaxyKey: 7, kind: 'note', note: 'ring?', annotator: 'Ada' }),
      sequence: 4,
      id: 'galaxy-7',
      stands: false,
    }
    const { calls } = await show({
      ...labelRoutes([galaxy(1)]),
      'GET /api/history': () => json({ entries: [entry], next: null }),
      'GET /api/queue/item': () => json({ item: galaxy(7) }),
    })
    await key('h')
    await flushPromises()
    const drawer = view.get('[data-testid="history"]')
    expect(drawer.text()).toContain('“ring?” (taken back)')
    await drawer.get('input').setValue('ring')
    await flushPromises()
    expect(calls.at(-1)?.path).toBe('/api/history?text=ring')
    await view.get('.entry').trigger('click')
    await flushPromises()
    expect(text('galaxy-id')).toBe('galaxy-7')
  })
})

describe('what is shown of a galaxy', () => {
  test('its id names the image, and what is unknown is called unknown', async () => {
    await show(labelRoutes([galaxy(1, { raDeg: null, decDeg: null, pixelScaleArcsec: null })]))
    expect(view.get('img').attributes()).toMatchObject({ alt: 'galaxy-1', src: '/api/galaxies/1/image?view=1' })
    expect(view.findAll('dd').map((value) => value.text())).toEqual(['unknown', 'unknown', 'unknown'])
  })
  test('the score and its parts say why, the largest part first', async () => {
    await show(labelRoutes([galaxy(1)]))
    expect(text('score')).toBe('0.420 nats')
    expect(view.findAll('[data-testid="score-part"]').map((part) => part.text())).toEqual(['smooth or featured0.300', 'bar0.120'])
  })
  test('a random pick says so and shows no score', async () => {
    await show(labelRoutes([galaxy(1, { acquisition: acquisition({ isRandom: true, score: null, parts: {} }) })]))
    expect([text('score'), text('random-pick')?.includes('at random')]).toEqual([null, true])
  })
  test('a galaxy without an image says so', async () => {
    await show(labelRoutes([galaxy(1, { imageUrl: null })]))
    expect(view.text()).toContain('Galaxy galaxy-1 has no image.')
  })
})

describe('when there is nothing to label', () => {
  test('without a project it leads to Projects and asks the server for no queue', async () => {
    const { calls } = await show({}, null)
    expect(view.text()).toContain('No project is open')
    expect(calls.map(({ path }) => path)).toEqual(['/api/status'])
  })
  test('the name is asked once, beside the galaxy, and no key answers before', async () => {
    const { calls } = await show(labelRoutes([galaxy(1)]), project(), '')
    expect([view.text().includes('Who is labelling?'), view.find('img').attributes('alt')]).toEqual([true, 'galaxy-1'])
    await key('1')
    expect(answersSent(calls)).toEqual([])
    await view.get('input').setValue('  Vera ')
    await view.get('form').trigger('submit')
    await flushPromises()
    expect([text('galaxy-id'), useSettingsStore().annotator]).toEqual(['galaxy-1', 'Vera'])
  })
  test('without an open round, and after the last galaxy, a round is started', async () => {
    const started: unknown[] = []
    const routes: Routes = {
      ...labelRoutes([galaxy(1)]),
      'POST /api/jobs': (body) => {
        started.push(body)
        return json({ code: 'jobs/none', message: 'No galaxies are labelled. Label some first.' }, 409)
      },
    }
    await show(routes)
    await key('3')
    expect(view.text()).toContain('Round 1 is labelled')
    await view
      .findAll('button')
      .find((button) => button.text() === 'Train and choose next')!
      .trigger('click')
    await flushPromises()
    expect(started).toMatchObject([{ kind: 'round', params: { train: { from: 'model-0' }, acquire: { count: 32 } } }])
    expect(view.text()).toContain('No galaxies are labelled. Label some first.')
  })
})
