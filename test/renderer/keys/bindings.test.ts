import { describe, expect, test } from 'vitest'
import { keyActions } from '@renderer/keys/actions'
import { actionOf, conflictOf, keysOf } from '@renderer/keys/bindings'
import { keyName, shownKey, type Pressed } from '@renderer/keys/key-name'

const press = (key: string, modifiers: Partial<Pressed> = {}): Pressed => ({
  key,
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
  ])('%o is named %s and shown as %s', (event, name, shown) => {
    expect([keyName(event), shownKey(name)]).toEqual([name, shown])
  })
  test('is none while only a modifier is down', () => {
    expect(['Shift', 'Control', 'Meta', 'Alt', 'Dead'].map((key) => keyName(press(key)))).toEqual([null, null, null, null, null])
  })
})

describe('the keys at the start', () => {
  test('belong to one action each', () => {
    for (const action of keyActions) expect(conflictOf(action.id, action.keys, {}), action.id).toBeNull()
  })
  test('have an action for everything that can be done', () => {
    expect(new Set(keyActions.map(({ id }) => id)).size).toBe(keyActions.length)
    for (const { keys } of keyActions) expect(keys.length).toBeGreaterThan(0)
  })
})

describe('a changed key', () => {
  const changes = { skip: ['K'], flag: [] }
  test('takes the place of the first ones', () => {
    expect([actionOf('K', 'label', changes)?.id, actionOf('S', 'label', changes), actionOf('F', 'label', changes)]).toEqual([
      'skip',
      null,
      null,
    ])
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
    expect(actionOf('?', 'label', {})?.id).toBe('keys')
    expect(actionOf('S', 'window', {})).toBeNull()
  })
})
