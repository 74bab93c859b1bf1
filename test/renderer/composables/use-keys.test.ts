// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import { useKeys } from '@renderer/composables/useKeys'
import { keyActions } from '@renderer/keys/actions'
import { useSettingsStore } from '@renderer/stores/settings'
import { freshStores } from '../support'

let view: VueWrapper
let done: string[]
beforeEach(() => {
  freshStores()
  done = []
})
afterEach(() => {
  view.unmount()
  document.body.replaceChildren()
})

/** Every action of these scopes writes down its id, and how it was pressed where that is not plain. */
function listen(...scopes: ('label' | 'catalogue' | 'window')[]): void {
  const work = Object.fromEntries(
    keyActions.map(({ id }) => [id, ({ how }: { how: string }) => done.push(how === 'plain' ? id : `${id} ${how}`)]),
  )
  const child = (scope: 'label' | 'catalogue' | 'window') =>
    defineComponent({
      setup() {
        const own = keyActions.filter((action) => action.scope === scope).map(({ id }) => id)
        useKeys(scope, Object.fromEntries(own.map((id) => [id, work[id]!])))
        return () => null
      },
    })
  view = mount(() => scopes.map((scope) => h(child(scope))))
}
function press(key: string, more: KeyboardEventInit = {}, target: EventTarget = document.body): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
  target.dispatchEvent(event)
  return event
}
function add<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string> = {}): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  document.body.append(element)
  return element
}

describe('a key that is held down', () => {
  test('moves and zooms again and again', () => {
    listen('label', 'catalogue')
    for (const key of ['+', 'ArrowDown']) for (const repeat of [false, true, true]) press(key, { repeat })
    expect(done.filter((id) => id === 'image-zoom-in')).toHaveLength(3)
    expect(done.filter((id) => id === 'catalogue-down')).toHaveLength(3)
  })

  test('answers, saves and takes back once, and scrolls nothing meanwhile', () => {
    listen('label')
    for (const key of ['1', 'z']) for (const repeat of [false, true, true]) expect(press(key, { repeat }).defaultPrevented).toBe(true)
    expect(done).toEqual(['answer-1', 'undo'])
  })
})

describe('a key of the view', () => {
  test('is told how it moves', () => {
    listen('catalogue')
    press('ArrowDown', { shiftKey: true })
    press('End', { ctrlKey: true })
    press('l')
    expect(done).toEqual(['catalogue-down extend', 'catalogue-last keep', 'catalogue-sheet'])
  })

  test('and one of the whole window are both heard, each once', () => {
    listen('label', 'window')
    press('?')
    press('s')
    expect(done).toEqual(['keys', 'skip'])
  })

  test('is the one that the user gave', () => {
    listen('label')
    expect(useSettingsStore().bind('skip', ['K'])).toBeNull()
    press('s')
    press('k')
    expect(done).toEqual(['skip'])
  })
})

describe('an element that has the focus', () => {
  test('keeps all keys where it is written into', () => {
    listen('catalogue')
    for (const field of [add('input', { type: 'text' }), add('textarea'), add('select')]) press('l', {}, field)
    expect(done).toEqual([])
  })

  test('keeps those that move it where it is a slider, and Space where it is a box', () => {
    listen('catalogue')
    const slider = add('input', { type: 'range' })
    const box = add('input', { type: 'checkbox' })
    press('ArrowDown', {}, slider)
    press(' ', {}, box)
    expect(done).toEqual([])
    press('l', {}, slider)
    press('ArrowDown', {}, box)
    expect(done).toEqual(['catalogue-sheet', 'catalogue-down'])
  })

  test('keeps Enter and Space where it is a button, Enter only where it is a link', () => {
    listen('catalogue')
    press('Enter', {}, add('button'))
    press(' ', {}, add('button'))
    press('Enter', {}, add('a', { href: '#' }))
    expect(done).toEqual([])
    press(' ', {}, add('a', { href: '#' }))
    expect(done).toEqual(['catalogue-toggle'])
  })

  test('hears no key below an open dialog', () => {
    listen('label')
    const dialog = add('dialog', { open: '' })
    press('1')
    expect(done).toEqual([])
    dialog.remove()
    press('1')
    expect(done).toEqual(['answer-1'])
  })
})
