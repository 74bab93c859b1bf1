import { onMounted, onUnmounted } from 'vue'
import { actionOf, type KeyPress } from '../keys/bindings'
import type { KeyScope } from '../keys/key-action'
import { keyName } from '../keys/key-name'
import { useSettingsStore } from '../stores/settings'

const MOVED = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'])
/** Inputs that are not written into: a slider takes the keys that move it, a box Space. */
const keysOfInput: Record<string, (key: string) => boolean> = {
  range: (key) => MOVED.has(key),
  radio: (key) => MOVED.has(key) || key === ' ',
  checkbox: (key) => key === ' ',
}

/** Whether the element that has the focus wants this key for itself. */
function isWanted(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.closest('select, textarea, [contenteditable]')) return true
  if (target instanceof HTMLInputElement) return keysOfInput[target.type]?.(key) ?? true
  return target.closest(key === 'Enter' ? 'button, a, summary' : key === ' ' ? 'button, summary' : ':not(*)') !== null
}

/**
 * Listens to the keys of one scope while it is on screen and `isEnabled`; `work` holds what its actions do, by their ids. A key that is held down
 * does its action again only where that `repeats`; a field that is typed into keeps its keys, and while a dialog is open
 * there are only those of the dialog.
 */
export function useKeys(
  scope: KeyScope,
  work: Readonly<Record<string, (press: KeyPress) => unknown>>,
  isEnabled: () => boolean = () => true,
): void {
  const settings = useSettingsStore()
  function onKey(event: KeyboardEvent): void {
    const key = keyName(event)
    if (key === null || event.defaultPrevented || isWanted(event.target, key) || document.querySelector('dialog[open]') || !isEnabled())
      return
    const found = actionOf(key, scope, settings.keys)
    const act = found && work[found.action.id]
    if (!act) return
    event.preventDefault()
    if (!event.repeat || found.action.repeats) void act(found.press)
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onUnmounted(() => window.removeEventListener('keydown', onKey))
}
