// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { useSettingsStore } from '@renderer/stores/settings'
import { freshStores } from '../support'

beforeEach(freshStores)
afterEach(() => void vi.restoreAllMocks())
/** What the system is asked for; a change is told to whoever listens. */
function mediaOf(wishes: { isLight?: boolean; isStill?: boolean }): { set: (next: typeof wishes) => void } {
  const queries: { name: 'isLight' | 'isStill'; tell: (event: { matches: boolean }) => void }[] = []
  vi.spyOn(window, 'matchMedia').mockImplementation((query) => {
    const name = query.includes('motion') ? 'isStill' : 'isLight'
    const addEventListener = (_: string, tell: (event: { matches: boolean }) => void) => queries.push({ name, tell })
    return { matches: wishes[name] ?? false, addEventListener } as unknown as MediaQueryList
  })
  return { set: (next) => queries.filter(({ name }) => name in next).forEach(({ name, tell }) => tell({ matches: next[name] ?? false })) }
}
const codeIs = (code: string) => expect.objectContaining({ code }) as Error

describe('settings', () => {
  test('are kept by the window and come back, those of an earlier version as well', () => {
    localStorage.setItem('galaxy-desk.annotator', 'Vera')
    localStorage.setItem('galaxy-desk.theme', 'light')
    const first = useSettingsStore()
    expect([first.annotator, first.shownTheme]).toEqual(['Vera', 'light'])
    first.textPercent = 150
    const memory = localStorage.getItem('galaxy-desk.settings')!
    freshStores()
    localStorage.setItem('galaxy-desk.settings', memory)
    expect([useSettingsStore().annotator, useSettingsStore().textPercent]).toEqual(['Vera', 150])
  })

  test('that cannot be read are those of the start', () => {
    localStorage.setItem('galaxy-desk.settings', '{"theme": "pink"')
    expect(useSettingsStore().textPercent).toBe(100)
  })

  test('change the page at once', async () => {
    const settings = useSettingsStore()
    settings.theme = 'light'
    settings.textPercent = 200
    await nextTick()
    expect([document.documentElement.dataset.theme, document.documentElement.style.fontSize]).toEqual(['light', '200%'])
    settings.toggleTheme()
    await nextTick()
    expect(document.documentElement.dataset.theme).toBe('dark')
  })

  test('begin dark, whatever the system shows, and follow it where that is wished', () => {
    const media = mediaOf({ isLight: true })
    const settings = useSettingsStore()
    expect(settings.shownTheme).toBe('dark')
    settings.theme = 'system'
    expect(settings.shownTheme).toBe('light')
    media.set({ isLight: false })
    expect(settings.shownTheme).toBe('dark')
  })

  test('keep everything still where the system or the person wishes it', () => {
    const media = mediaOf({ isStill: true })
    const settings = useSettingsStore()
    expect(settings.isStill).toBe(true)
    media.set({ isStill: false })
    expect(settings.isStill).toBe(false)
    settings.motion = 'reduced'
    expect(settings.isStill).toBe(true)
  })
})

describe('a settings file', () => {
  test('takes everything along', () => {
    const settings = useSettingsStore()
    Object.assign(settings, { annotator: 'Ada', theme: 'light', textPercent: 130 })
    expect(settings.bind('skip', ['K'])).toBeNull()
    const text = settings.exportText()
    freshStores()
    const other = useSettingsStore()
    other.importText(text)
    expect([other.annotator, other.theme, other.textPercent, other.keys]).toEqual(['Ada', 'light', 130, { skip: ['K'] }])
  })

  test.each([
    ['settings/unreadable', 'no JSON'],
    ['settings/unreadable', JSON.stringify({ program: 'topcat', settings: {} })],
    ['settings/unreadable', JSON.stringify({ program: 'galaxy-desk', settings: { textPercent: 1000 } })],
    ['settings/unknown-action', JSON.stringify({ program: 'galaxy-desk', settings: { keys: { dance: ['D'] } } })],
    ['settings/key-conflict', JSON.stringify({ program: 'galaxy-desk', settings: { keys: { skip: ['F'] } } })],
  ])('is refused with %s and changes nothing: %s', (code, text) => {
    const settings = useSettingsStore()
    settings.annotator = 'Ada'
    expect(() => settings.importText(text)).toThrow(codeIs(code))
    expect([settings.annotator, settings.keys]).toEqual(['Ada', {}])
  })
})

describe('the keys', () => {
  test('are not taken from another action, nor given back while another has them', () => {
    const settings = useSettingsStore()
    expect(settings.bind('skip', ['F'])?.id).toBe('flag')
    expect(settings.bind('skip', ['K'])).toBeNull()
    expect(settings.bind('flag', ['S'])).toBeNull()
    expect(settings.unbind('skip')?.id).toBe('flag')
    settings.unbind()
    expect(settings.keys).toEqual({})
  })
})

test('a window keeps its annotator when it is loaded again, whoever labels in another', () => {
  useSettingsStore().annotator = 'Ada'
  const ofThisWindow = { ...sessionStorage }
  // Another window: the same browser, a memory of its own.
  sessionStorage.clear()
  setActivePinia(createPinia())
  expect(useSettingsStore().annotator).toBe('Ada')
  useSettingsStore().annotator = 'Ben'
  sessionStorage.clear()
  for (const [name, value] of Object.entries(ofThisWindow)) sessionStorage.setItem(name, value)
  setActivePinia(createPinia())
  expect(useSettingsStore().annotator).toBe('Ada')
})
