import { onMounted, onUnmounted } from 'vue'
import type { KeyAction } from '../keys/actions'
import { actionOf } from '../keys/bindings'
import { keyName } from '../keys/key-name'
import { useSettingsStore } from '../stores/settings'

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('input, select, textarea, dialog, [contenteditable]') !== null
/** Enter and Space on a focused button or link belong to that button. */
const isControl = (target: EventTarget | null) => target instanceof HTMLElement && target.closest('button, a, summary') !== null

/**
 * Listens to the keys of one scope while it is on screen and `isEnabled`; `work` holds what its actions do, by their ids. Keys that repeat because
 * they are held down do nothing, and a field that is typed into keeps its keys.
 */
export function useKeys(
  scope: KeyAction['scope'],
  work: Readonly<Record<string, () => unknown>>,
  isEnabled: () => boolean = () => true,
): void {
  const settings = useSettingsStore()
  function onKey(event: KeyboardEvent): void {
    const key = keyName(event)
    if (key === null || event.repeat || isTyping(event.target) || !isEnabled()) return
    if ((key === 'Enter' || key === ' ') && isControl(event.target)) return
    const action = actionOf(key, scope, settings.keys)
    const act = action && work[action.id]
    if (!act) return
    event.preventDefault()
    void act()
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onUnmounted(() => window.removeEventListener('keydown', onKey))
}
