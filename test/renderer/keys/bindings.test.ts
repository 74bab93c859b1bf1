import { describe, expect, test } from 'vitest'
import { keyActions } from '@renderer/keys/actions'
import { actionOf, conflictOf, isReserved, keysOf, settledChanges, type KeyChanges } from '@renderer/keys/bindings'
import { keyScopes, type KeyScope } from '@renderer/keys/key-action'
import { keyName, shownKey, shownKeys, type Pressed } from '@renderer/keys/key-name'

const press = (key: string, modifiers: Partial<Pressed> = {}): Pressed => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...modifiers,
})

describe('a key', () => {
  test.each([
    [press('z'), 'Z', 'Z'],
    [press('Z', { shiftKey: true }), 'Shift+Z', '⇧Z'],
    [press('z', { metaKey: true }), 'Ctrl+Z', 'Ctrl+Z'],
    [press('Z', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+Z', 'Ctrl+⇧Z'],
    [press('?', { shiftKey: true }), '?', '?'],
    [press('*', { shiftKey: true }), '*', '*'],
    [press('+'), '+', '+'],
    [press('+', { ctrlKey: true }), 'Ctrl++', 'Ctrl++'],
    [press('ArrowLeft', { shiftKey: true }), 'Shift+ArrowLeft', '⇧←'],
    [press(' '), ' ', 'Space'],
    // As a Mac and as a German keyboard under Windows write them.
    [press('¡', { altKey: true, code: 'Digit1' }), 'Alt+1', 'Alt+1'],
    [press('1', { altKey: true, code: 'Digit1' }), 'Alt+1', 'Alt+1'],
    [press('[', { altKey: true, ctrlKey: true, code: 'Digit8' }), '[', '['],
    [press('PageDown'), 'PageDown', 'PgDn'],
  ])('%o is named %s and shown as %s', (event, name, shown) => {
    expect([keyName(event), shownKey(name)]).toEqual([name, shown])
  })
  test('is none while only a modifier is down', () => {
    expect(['Shift', 'Control', 'Meta', 'Alt', 'Dead'].map((key) => keyName(press(key)))).toEqual([null, null, null, null, null])
  })
})

const idOf = (...of: [key: string, scope: KeyScope, changes?: KeyChanges]) => actionOf(of[0], of[1], of[2] ?? {})?.action.id ?? null

describe('the keys at the start', () => {
  test('belong to one action each', () => {
    for (const action of keyActions) expect(conflictOf(action.id, action.keys, {}), action.id).toBeNull()
  })
  test('have an action for everything that can be done', () => {
    expect(new Set(keyActions.map(({ id }) => id)).size).toBe(keyActions.length)
    for (const { keys } of keyActions) expect(keys.length).toBeGreaterThan(0)
  })
  test('are in reach of a page, and of every view there are some', () => {
    for (const { id, keys } of keyActions) expect(keys.filter(isReserved), id).toEqual([])
    expect(new Set(keyActions.map(({ scope }) => scope))).toEqual(new Set(keyScopes))
  })
  test('repeat when held only where nothing is answered, saved, started or taken back', () => {
    const held = keyActions.filter(({ repeats }) => repeats).map(({ id }) => id)
    expect(held).toEqual(expect.arrayContaining(['catalogue-down', 'sheet-right', 'image-zoom-in', 'image-left', 'image-black-up']))
    expect(held.filter((id) => /answer|agree|cannot-tell|mark|confirm|save|undo|redo|skip|flag|star|start|toggle|cancel/.test(id))).toEqual(
      [],
    )
  })
  test('that follow each other are shown as one', () => {
    expect(shownKeys(['G', '1', '2', '3'])).toEqual(['G', '1–3'])
    expect(shownKeys(['1', '2', '4'])).toEqual(['1', '2', '4'])
  })
})

describe('a changed key', () => {
  const changes = { skip: ['K'], flag: [] }
  test('takes the place of the first ones', () => {
    expect([idOf('K', 'label', changes), idOf('S', 'label', changes), idOf('F', 'label', changes)]).toEqual(['skip', null, null])
    expect(
      keysOf(
        keyActions.find(({ id }) => id === 'undo')!,
        changes,
      ),
    ).toContain('Z')
  })
  test('is refused where another action has it, by the name of that action', () => {
    expect(conflictOf('flag', ['K'], changes)?.title).toBe('Leave this galaxy without an answer')
    expect(conflictOf('flag', ['?'], changes)?.id).toBe('keys')
    expect(conflictOf('flag', ['F'], changes)).toBeNull()
  })
  test('of the whole window works everywhere', () => {
    for (const scope of keyScopes) expect(idOf('?', scope)).toBe('keys')
    expect(idOf('S', 'window')).toBeNull()
  })
})

describe('a key that moves', () => {
  test('is pressed with Shift and Ctrl too, and has these keys for itself', () => {
    const hows = ['ArrowDown', 'Shift+ArrowDown', 'Ctrl+ArrowDown'].map((key) => {
      const { action, press } = actionOf(key, 'catalogue', {})!
      return `${action.id} ${press.how}`
    })
    expect(hows).toEqual(['catalogue-down plain', 'catalogue-down extend', 'catalogue-down keep'])
    expect(conflictOf('catalogue-open', ['Shift+ArrowDown'], {})?.id).toBe('catalogue-down')
    expect(conflictOf('catalogue-down', ['J'], { 'catalogue-open': ['Shift+J'] })?.id).toBe('catalogue-open')
    expect(conflictOf('catalogue-down', ['J'], {})).toBeNull()
  })
})

describe('changes that an earlier version kept', () => {
  test('win over first keys of actions that came since, and lose those that are gone', () => {
    expect(settledChanges({ skip: ['Alt+1'], dance: ['Q'] })).toEqual({ skip: ['Alt+1'], 'to-projects': [] })
    expect(settledChanges({ 'catalogue-open': ['='] })).toEqual({ 'catalogue-open': ['='], 'catalogue-larger': ['+'] })
    expect(settledChanges({ skip: ['K'] })).toEqual({ skip: ['K'] })
  })
})
