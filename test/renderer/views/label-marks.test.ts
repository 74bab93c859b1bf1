// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import { useSettingsStore } from '@renderer/stores/settings'
import { eventOf, galaxy, json, labelRoutes } from '../support'
import { answersSent, key, labelTests } from './label-page'

const { question, show, text, view } = labelTests()

describe('marks, keys and the history', () => {
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
    expect([question(), view().get('[data-step="how-rounded"]').text()]).toEqual([
      'something-odd',
      expect.stringMatching(/^how rounded\s*cannot tell$/),
    ])
    await key('2')
    expect(text('galaxy-id')).toBe('galaxy-2')
  })

  test('a note is written without leaving the keyboard, and its letters answer nothing', async () => {
    const { calls } = await show(labelRoutes([galaxy(1)]))
    await key('n')
    const field = view().get('textarea')
    await key('1', {}, field.element)
    await field.setValue(' a faint tail ')
    await field.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect([text('note'), view().find('textarea').exists()]).toEqual(['“a faint tail”', false])
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
    expect(view().text()).toContain('The clock stands')
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
    const drawer = view().get('[data-testid="history"]')
    expect(drawer.text()).toContain('“ring?” (taken back)')
    await drawer.get('input').setValue('ring')
    await flushPromises()
    expect(calls.at(-1)?.path).toBe('/api/history?text=ring')
    await view().get('.entry').trigger('click')
    await flushPromises()
    expect(text('galaxy-id')).toBe('galaxy-7')
  })
})
