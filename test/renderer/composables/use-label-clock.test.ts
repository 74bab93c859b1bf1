// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useLabelClock, type LabelClock } from '@renderer/composables/useLabelClock'
import { useLabelsStore } from '@renderer/stores/labels'
import { useSettingsStore } from '@renderer/stores/settings'
import { useStatusStore } from '@renderer/stores/status'
import { eventOf, freshStores, json, project, serve, statusOf } from '../support'

const MINUTE = 60_000
let view: VueWrapper
let clock: LabelClock
beforeEach(() => {
  freshStores()
  vi.useFakeTimers({ now: 0 })
})
afterEach(() => view.unmount())

async function begin(breakMinutes: number): Promise<void> {
  const settings = { doubleShare: 0, repeatShare: 0.05, breakMinutes, hints: 'never' }
  serve({ 'GET /api/status': () => json(statusOf(project())), 'GET /api/labelling': () => json(settings) })
  await useStatusStore().load()
  view = mount({ setup: () => ((clock = useLabelClock()), () => null) })
  await flushPromises()
}
/** A label each minute. */
async function label(minutes: number): Promise<void> {
  for (let n = 0; n < minutes; n++) {
    useLabelsStore().lastSaved = eventOf({ uuid: crypto.randomUUID(), galaxyKey: 1, annotator: 'Ada', kind: 'star' }) as never
    await vi.advanceTimersByTimeAsync(MINUTE)
  }
}

test('a break is suggested after the minutes that the project names, and again as many minutes after it was put off', async () => {
  await begin(20)
  await label(19)
  expect(clock.suggestsBreak.value).toBe(false)
  await label(2)
  expect(clock.suggestsBreak.value).toBe(true)
  clock.later()
  expect(clock.suggestsBreak.value).toBe(false)
  await label(19)
  expect(clock.suggestsBreak.value).toBe(false)
  await label(2)
  expect(clock.suggestsBreak.value).toBe(true)
})

test('a rest of more than five minutes, or the clock stopped, begins anew', async () => {
  await begin(20)
  await label(19)
  await vi.advanceTimersByTimeAsync(6 * MINUTE)
  await label(15)
  expect(clock.suggestsBreak.value).toBe(false)
  clock.toggle()
  clock.toggle()
  await label(19)
  expect(clock.suggestsBreak.value).toBe(false)
})

test.each([
  ['the project suggests none', 0, true],
  ['the person wants none', 20, false],
])('no break is suggested where %s', async (_, minutes, hasBreaks) => {
  useSettingsStore().hasBreaks = hasBreaks
  await begin(minutes)
  await label(60)
  expect(clock.suggestsBreak.value).toBe(false)
})
