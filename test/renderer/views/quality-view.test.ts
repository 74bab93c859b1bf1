// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import { useSettingsStore } from '@renderer/stores/settings'
import QualityView from '@renderer/views/QualityView.vue'
import type { Quality } from '@shared/contract/quality'
import { json, type Routes } from '../support'
import { kappa, pageTests, sent, unknownKappa } from './page'

const { show, view } = pageTests()

describe('Quality', () => {
  const quality = (changes: Partial<Quality> = {}): Quality => ({
    annotator: 'Ada',
    galaxies: 60,
    minutes: 12.34,
    longestSeconds: 120,
    pauses: 2,
    hints: { seen: 30, unseen: 170, unknown: 12 },
    self: { 'smooth-or-featured': kappa({ n: 6 }), bar: unknownKappa },
    gold: { 'smooth-or-featured': { right: 9, n: 10, other: 2, low: 0.596, high: 0.982 } },
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
    'GET /api/annotators': () => json({ annotators: ['Ada', 'Ben'] }),
    'GET /api/quality': (_, { searchParams }) => json(of(searchParams.get('annotator')!)),
  })

  test('shows time, agreement with oneself and with known answers, drift and sessions', async () => {
    useSettingsStore().annotator = 'Ben'
    await show(
      QualityView,
      routes((annotator) => quality({ annotator })),
    )
    expect(view().get('select').element.value).toBe('Ben')
    expect(view().get('[data-testid="quality-facts"]').text()).toContain('8.0 s, half of them 5.5 to 11.0 s')
    expect(view().get('[data-testid="quality-facts"]').text()).toContain('15 %: 30 of 200 answers; not known of 12 older ones')
    expect(
      view()
        .findAll('[data-testid="kappa-row"]')
        .map((row) => row.attributes('data-question')),
    ).toEqual(['smooth-or-featured'])
    const gold = view().get('[data-testid="gold-row"]').findAll('td')
    expect(gold.map((cell) => cell.text())).toEqual(['90.0 % (9)', '59.6 % to 98.2 %', '10', '2'])
    expect(view().findAll('[data-testid="seconds-row"]')).toHaveLength(1)
    expect(view().get('[data-testid="drift-speed"]').attributes('data-points')).toBe('2')
    expect(view().get('[data-testid="drift-agreement"] canvas').attributes('aria-label')).toContain(
      '100.0 % answered as before at first, 50.0 %',
    )
    expect(
      view()
        .findAll('[data-testid="session-row"]')
        .map((row) => row.findAll('td').map((cell) => cell.text())),
    ).toEqual([
      ['30.0', '35', '120'],
      ['20.0', '25', '90'],
    ])
  })

  test('another annotator can be looked at, and breaks are set for the project', async () => {
    const { calls } = await show(
      QualityView,
      routes((annotator) => quality({ annotator })),
    )
    expect(view().get('select').element.value).toBe('Ada')
    await view().get('select').setValue('Ben')
    await flushPromises()
    expect(calls.map(({ path }) => path)).toContain('/api/quality?annotator=Ben')
    await view().get('input[type="number"]').setValue('30')
    await flushPromises()
    expect(sent(calls, '/api/labelling')).toEqual([{ breakMinutes: 30 }])
  })

  test('says what is missing where nothing came back and no answers are known', async () => {
    await show(
      QualityView,
      routes(() =>
        quality({ self: { bar: unknownKappa }, gold: {}, drift: [{ galaxies: 3, medianSeconds: null, repeats: 0, agreement: null }] }),
      ),
    )
    expect(view().text()).toContain('No galaxy has come back yet. 5 % of the galaxies do')
    expect(view().text()).toContain('No galaxy of known answers was labelled.')
    expect(view().find('[data-testid="drift-agreement"]').exists()).toBe(false)
  })

  test('before the first label it leads to the galaxies', async () => {
    await show(QualityView, {
      'GET /api/annotators': () => json({ annotators: [] }),
    })
    expect(view().text()).toContain('Nothing is labelled yet')
  })
})
