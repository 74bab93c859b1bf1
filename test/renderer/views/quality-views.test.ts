// @vitest-environment happy-dom
import { flushPromises, mount, RouterLinkStub, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Component } from 'vue'
import { writeSettingsFile, settingsSchema } from '@renderer/settings-file'
import { useSettingsStore } from '@renderer/stores/settings'
import { useStatusStore } from '@renderer/stores/status'
import AgreementView from '@renderer/views/AgreementView.vue'
import QualityView from '@renderer/views/QualityView.vue'
import SettingsView from '@renderer/views/SettingsView.vue'
import type { LabellingSettings } from '@shared/contract/labelling'
import type { Agreement, Difference, Quality } from '@shared/contract/quality'
import type { LabelEvent } from '@shared/contract/records'
import type { LabelRequest } from '@shared/contract/requests'
import { eventOf, freshStores, json, project, serve, statusOf, written, type Routes } from '../support'

let view: VueWrapper
beforeEach(freshStores)
afterEach(() => {
  view.unmount()
  document.body.replaceChildren()
})

const defaults: LabellingSettings = { doubleShare: 0, repeatShare: 0.05, breakMinutes: 45, hints: 'never' }
const labellingRoutes = (): Routes => {
  let settings = defaults
  return {
    'GET /api/labelling': () => json(settings),
    'POST /api/labelling': (body) => json((settings = body as LabellingSettings)),
  }
}
async function show(component: Component, routes: Routes, summary: ReturnType<typeof project> | null = project()) {
  const served = serve({ 'GET /api/status': () => json(statusOf(summary)), ...labellingRoutes(), ...routes })
  await useStatusStore().load()
  view = mount(component, { global: { stubs: { RouterLink: RouterLinkStub } }, attachTo: document.body })
  await flushPromises()
  return served
}
const sent = (calls: { method: string; path: string; body: unknown }[], path: string) =>
  calls.filter((call) => call.method === 'POST' && call.path === path).map(({ body }) => body)
const type = async (key: string) => {
  window.dispatchEvent(new KeyboardEvent('keydown', { key }))
  await flushPromises()
}
const given = (answers: Record<string, string>) => Object.entries(answers).map(([question, answer]) => ({ question, answer }))
const kappa = (changes = {}) => ({ kappa: 0.6, low: 0.4, high: 0.8, agreement: 0.85, n: 40, ...changes })
const unknown = { kappa: null, low: null, high: null, agreement: 0, n: 0 }

/** The agreement of two annotators over galaxies in memory, as the server keeps it: the unresolved ones first. */
function agreementRoutes(differences: Difference[], log: LabelEvent[] = []): Routes {
  const stands = ({ uuid }: LabelEvent) => !log.some(({ undoes }) => undoes === uuid)
  const now = (): Difference[] => {
    const all = differences.map((difference) => ({
      ...difference,
      resolved: log
        .filter((event) => event.kind === 'resolve' && event.galaxyKey === difference.galaxyKey && stands(event))
        .map(({ question, answer }) => ({ question: question!, answer: answer! })),
    }))
    return [...all.filter(({ resolved }) => resolved.length === 0), ...all.filter(({ resolved }) => resolved.length > 0)]
  }
  const summary = (): Agreement => ({
    annotators: [
      { name: 'Ada', galaxies: 40, entries: 120 },
      { name: 'Ben', galaxies: 40, entries: 130 },
    ],
    method: 'cohen',
    galaxies: 40,
    questions: { 'smooth-or-featured': kappa(), bar: kappa({ kappa: null, low: null, high: null, agreement: 1, n: 5 }), ring: unknown },
    differing: differences.length,
    resolved: now().filter(({ resolved }) => resolved.length > 0).length,
  })
  return {
    'GET /api/agreement': () => json(summary()),
    'GET /api/agreement/differences': (_, { searchParams }) => {
      const offset = Number(searchParams.get('offset'))
      return json({ differences: now().slice(offset, offset + Number(searchParams.get('limit'))) })
    },
    'GET /api/history': () =>
      json({
        entries: log
          .filter(({ kind }) => kind !== 'undo')
          .toReversed()
          .map((event, i) => ({ ...event, sequence: i, id: 'x', stands: stands(event) })),
        next: null,
      }),
    'GET /api/labels': (_, { searchParams }) =>
      json({ events: log.filter(({ galaxyKey }) => galaxyKey === Number(searchParams.get('galaxyKey'))) }),
    'POST /api/labels': (body) => {
      const event = eventOf(body as LabelRequest) as LabelEvent
      log.push(event)
      return json(written([event], []))
    },
  }
}
const differing = (galaxyKey: number): Difference => ({
  galaxyKey,
  id: `galaxy-${galaxyKey}`,
  imageUrl: `/api/galaxies/${galaxyKey}/image?view=1`,
  questions: ['smooth-or-featured'],
  answers: [
    { annotator: 'Ada', answers: given({ 'smooth-or-featured': 'smooth', 'how-rounded': 'round', 'something-odd': 'no' }) },
    { annotator: 'Ben', answers: given({ 'smooth-or-featured': 'artifact' }) },
  ],
  resolved: [],
})

describe('Agreement', () => {
  const id = () => view.get('[data-testid="difference-id"]').text()
  const place = () => view.get('[data-testid="difference-place"]').text()

  test('a question has its kappa, interval and number; one that nobody was asked twice has no row', async () => {
    await show(AgreementView, agreementRoutes([]))
    expect(view.findAll('[data-testid="kappa-row"]').map((row) => row.findAll('th, td').map((cell) => cell.text()))).toEqual([
      ['smooth or featured', '0.60', '0.40 to 0.80', '', '85.0 %', '40'],
      ['bar', '–', '–', 'cannot be told: everybody always says the same', '100.0 %', '5'],
    ])
    expect(view.text()).toContain('Cohen’s kappa over 40 galaxies')
    expect(view.text()).toContain('They gave the same answers')
  })

  test('who labels now can be changed, and the share that everybody labels is kept in the project', async () => {
    useSettingsStore().annotator = 'Ada'
    const { calls } = await show(AgreementView, agreementRoutes([]))
    expect(view.get('[data-name="Ada"]').text()).toContain('labels now')
    await view.get('button[aria-label="Label as Ben"]').trigger('click')
    expect(useSettingsStore().annotator).toBe('Ben')
    await view.get('input[type="number"]').setValue('20')
    await flushPromises()
    expect(sent(calls, '/api/labelling')).toEqual([{ ...defaults, doubleShare: 0.2 }])
  })

  test('a number key resolves the open question, question by question, and then comes the next galaxy', async () => {
    useSettingsStore().annotator = 'Ada'
    const { calls } = await show(AgreementView, agreementRoutes([differing(1), differing(2)]))
    expect([id(), place()]).toEqual(['galaxy-1', '1 of 2, 0 resolved'])
    await type('1')
    expect(view.findAll('[data-testid="difference-row"]').map((row) => row.attributes('data-question'))).toEqual([
      'smooth-or-featured',
      'how-rounded',
      'something-odd',
    ])
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
    expect(view.text()).toContain('You have resolved nothing that could be taken back.')
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

  test('undo finds a galaxy that is not loaded', async () => {
    useSettingsStore().annotator = 'Ada'
    const resolve: LabelRequest = {
      uuid: crypto.randomUUID(),
      galaxyKey: 1,
      annotator: 'Ada',
      kind: 'resolve',
      question: 'smooth-or-featured',
      answer: 'smooth',
    }
    await show(
      AgreementView,
      agreementRoutes(
        Array.from({ length: 55 }, (_, i) => differing(i + 1)),
        [eventOf(resolve) as LabelEvent],
      ),
    )
    expect([id(), place()]).toEqual(['galaxy-2', '1 of 55, 1 resolved'])
    await type('z')
    expect([id(), place()]).toEqual(['galaxy-1', '1 of 55, 0 resolved'])
  })

  test('a resolve that was taken back and brought back is undone by what brought it back', async () => {
    useSettingsStore().annotator = 'Ada'
    const entry = (uuid: string, changes: Partial<LabelRequest>) =>
      eventOf({ uuid, galaxyKey: 1, annotator: 'Ada', kind: 'undo', ...changes }) as LabelEvent
    const [resolve, undo, redo] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
    const log = [
      entry(resolve, { kind: 'resolve', question: 'smooth-or-featured', answer: 'smooth' }),
      entry(undo, { undoes: resolve }),
      entry(redo, { undoes: undo }),
    ]
    const routes = agreementRoutes([differing(1)], log)
    // The server tells what stands by following the whole chain.
    const history = { entries: [{ ...log[0]!, sequence: 1, id: 'galaxy-1', stands: true }], next: null }
    const { calls } = await show(AgreementView, { ...routes, 'GET /api/history': () => json(history) })
    await type('z')
    expect(sent(calls, '/api/labels')).toMatchObject([{ kind: 'undo', undoes: redo }])
  })

  test('without a name nothing is resolved', async () => {
    const { calls } = await show(AgreementView, agreementRoutes([differing(1)]))
    await type('1')
    expect(sent(calls, '/api/labels')).toEqual([])
    expect(view.text()).toContain('Say above who you are')
  })

  test('whoever has still to label a galaxy does not see the answers of others unasked', async () => {
    useSettingsStore().annotator = 'Cleo'
    const routes = agreementRoutes([differing(1)])
    const withCleo = { name: 'Cleo', galaxies: 3, entries: 9 }
    const summary = (await (await routes['GET /api/agreement']!(undefined, new URL('http://x'))).json()) as Agreement
    const { calls } = await show(AgreementView, {
      ...routes,
      'GET /api/agreement': () => json({ ...summary, annotators: [...summary.annotators, withCleo] }),
    })
    await type('1')
    expect(sent(calls, '/api/labels')).toEqual([])
    expect(view.findAll('[data-testid="difference-row"]')).toEqual([])
    await view
      .findAll('button')
      .find((button) => button.text() === 'Show the answers all the same')!
      .trigger('click')
    expect(view.findAll('[data-testid="difference-row"]')).toHaveLength(1)
  })

  test('a write that fails stays on screen with its reason', async () => {
    useSettingsStore().annotator = 'Ada'
    await show(AgreementView, {
      ...agreementRoutes([differing(1)]),
      'POST /api/labels': () => json({ code: 'catalogue/full', message: 'The disk is full. Make room.' }, 500),
    })
    await type('1')
    expect(view.get('[data-testid="save-failed"]').text()).toContain('The disk is full. Make room.')
    expect(id()).toBe('galaxy-1')
  })
})

describe('Quality', () => {
  const quality = (changes: Partial<Quality> = {}): Quality => ({
    annotator: 'Ada',
    galaxies: 60,
    minutes: 12.34,
    longestSeconds: 120,
    pauses: 2,
    hints: { seen: 30, unseen: 170, unknown: 12 },
    self: { 'smooth-or-featured': kappa({ n: 6 }), bar: unknown },
    gold: { 'smooth-or-featured': { right: 9, n: 10 } },
    secondsPerGalaxy: { median: 8, lower: 5.5, upper: 11, n: 60 },
    secondsPerQuestion: { 'smooth-or-featured': { median: 2, lower: 1, upper: 4, n: 60 }, bar: null },
    sessions: [
      { startedAt: '2026-01-01T09:00:00.000Z', minutes: 20, galaxies: 25, entries: 90 },
      { startedAt: '2026-01-02T09:00:00.000Z', minutes: 30, galaxies: 35, entries: 120 },
    ],
    drift: [
      { galaxies: 20, medianSeconds: 9, repeats: 1, agreement: 1 },
      { galaxies: 15, medianSeconds: 6, repeats: 2, agreement: 0.5 },
    ],
    ...changes,
  })
  const routes = (of: (annotator: string) => Quality | null): Routes => ({
    'GET /api/agreement': () =>
      json({
        annotators: ['Ada', 'Ben'].map((name) => ({ name, galaxies: 1, entries: 1 })),
        method: 'cohen',
        galaxies: 0,
        questions: {},
        differing: 0,
        resolved: 0,
      }),
    'GET /api/quality': (_, { searchParams }) => json(of(searchParams.get('annotator')!)),
  })

  test('shows time, agreement with oneself and with known answers, drift and sessions', async () => {
    useSettingsStore().annotator = 'Ben'
    await show(
      QualityView,
      routes((annotator) => quality({ annotator })),
    )
    expect(view.get('select').element.value).toBe('Ben')
    expect(view.get('[data-testid="quality-facts"]').text()).toContain('8.0 s, half of them 5.5 to 11.0 s')
    expect(view.get('[data-testid="quality-facts"]').text()).toContain('15 %: 30 of 200 answers; not known of 12 older ones')
    expect(view.findAll('[data-testid="kappa-row"]').map((row) => row.attributes('data-question'))).toEqual(['smooth-or-featured'])
    expect(view.get('[data-testid="gold-row"]').text()).toContain('90.0 % (9)')
    expect(view.findAll('[data-testid="seconds-row"]')).toHaveLength(1)
    expect(view.get('[data-testid="drift-speed"]').attributes('data-points')).toBe('2')
    expect(view.get('[data-testid="drift-agreement"] canvas').attributes('aria-label')).toContain(
      '100.0 % answered as before at first, 50.0 %',
    )
    expect(view.findAll('[data-testid="session-row"]').map((row) => row.findAll('td').map((cell) => cell.text()))).toEqual([
      ['30.0', '35', '120'],
      ['20.0', '25', '90'],
    ])
  })

  test('another annotator can be looked at, and breaks are set for the project', async () => {
    const { calls } = await show(
      QualityView,
      routes((annotator) => quality({ annotator })),
    )
    expect(view.get('select').element.value).toBe('Ada')
    await view.get('select').setValue('Ben')
    await flushPromises()
    expect(calls.map(({ path }) => path)).toContain('/api/quality?annotator=Ben')
    await view.get('input[type="number"]').setValue('30')
    await flushPromises()
    expect(sent(calls, '/api/labelling')).toEqual([{ ...defaults, breakMinutes: 30 }])
  })

  test('says what is missing where nothing came back and no answers are known', async () => {
    await show(
      QualityView,
      routes(() =>
        quality({ self: { bar: unknown }, gold: {}, drift: [{ galaxies: 3, medianSeconds: null, repeats: 0, agreement: null }] }),
      ),
    )
    expect(view.text()).toContain('No galaxy has come back yet. 5 % of the galaxies do')
    expect(view.text()).toContain('No galaxy of known answers was labelled.')
    expect(view.find('[data-testid="drift-agreement"]').exists()).toBe(false)
  })

  test('before the first label it leads to the galaxies', async () => {
    await show(QualityView, {
      'GET /api/agreement': () => json({ annotators: [], method: 'cohen', galaxies: 0, questions: {}, differing: 0, resolved: 0 }),
    })
    expect(view.text()).toContain('Nothing is labelled yet')
  })
})

describe('Settings', () => {
  const action = (id: string) => view.get(`[data-action="${id}"]`)
  async function change(id: string, key: string, init: KeyboardEventInit = {}) {
    const button = action(id).findAll('button').at(-1)!
    await button.trigger('click')
    button.element.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true, ...init }))
    await flushPromises()
  }

  test('theme, text size and motion change the window at once', async () => {
    await show(SettingsView, {})
    const [theme, size, motion] = view.findAll('select')
    await theme!.setValue('light')
    await size!.setValue('150')
    await motion!.setValue('reduced')
    const { dataset, style } = document.documentElement
    expect([dataset.theme, style.fontSize, dataset.motion]).toEqual(['light', '150%', 'reduced'])
  })

  test('how a project is labelled is kept in the project, and what is out of bounds is put back', async () => {
    const { calls } = await show(SettingsView, {})
    const [repeats] = view.findAll<HTMLInputElement>('input[type="number"]')
    await repeats!.setValue('70')
    expect(repeats!.element.value).toBe('5')
    await repeats!.setValue('10')
    await flushPromises()
    expect(sent(calls, '/api/labelling')).toEqual([{ ...defaults, repeatShare: 0.1 }])
  })

  test('an action takes another key, refuses one that is taken, and gets its first key back', async () => {
    await show(SettingsView, {})
    const settings = useSettingsStore()
    await change('flag', 'F9')
    expect(settings.keys).toEqual({ flag: ['F9'] })
    expect(action('flag').get('kbd').text()).toBe('F9')
    await change('star', 'F9')
    expect(view.get('[data-testid="key-refused"]').text()).toContain('F9 is a key of “Flag: to look at again” already.')
    expect(settings.keys).toEqual({ flag: ['F9'] })
    await change('star', 'Escape')
    expect(settings.keys).toEqual({ flag: ['F9'] })
    await action('flag').get('button[title="Restore"]').trigger('click')
    expect(settings.keys).toEqual({})
  })

  test('a file of settings is taken, and one that cannot be read changes nothing', async () => {
    await show(SettingsView, {})
    const input = view.get<HTMLInputElement>('input[type="file"]')
    const choose = async (text: string) => {
      Object.defineProperty(input.element, 'files', { value: [new File([text], 'mine.json')], configurable: true })
      await input.trigger('change')
      await flushPromises()
    }
    await choose('{}')
    expect(view.get('[role="alert"]').text()).toContain('settings/unreadable')
    await choose(writeSettingsFile(settingsSchema.parse({ annotator: 'Ada', theme: 'light' })))
    expect(view.get('[data-testid="settings-taken"]').text()).toBe('The settings of mine.json are in use.')
    expect(useSettingsStore().annotator).toBe('Ada')
  })
})
