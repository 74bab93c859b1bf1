import { onMounted, onUnmounted } from 'vue'
import type { LabelFlow } from './useLabelFlow'

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('input, select, textarea, dialog, [contenteditable]') !== null
/** Enter on a focused button or link belongs to that button. */
const isControl = (target: EventTarget | null) => target instanceof HTMLElement && target.closest('button, a, summary') !== null

/** The action of a key in the Label view, or null. Keys that repeat because they are held down answer nothing. */
export function labelAction(event: KeyboardEvent, flow: LabelFlow): (() => void) | null {
  const withCommand = event.ctrlKey || event.metaKey
  if (isTyping(event.target) || event.altKey || event.repeat) return null
  if (event.key.toLowerCase() === 'z') return () => void (event.shiftKey ? flow.redo() : flow.undo())
  if (withCommand && event.key.toLowerCase() === 'y') return () => void flow.redo()
  if (withCommand) return null
  if (/^[1-9]$/.test(event.key)) return () => void flow.answer(Number(event.key) - 1)
  switch (event.key) {
    case 'Backspace':
    case 'ArrowLeft':
      return flow.back
    case 'Enter':
      return isControl(event.target) ? null : flow.next
    case 'ArrowRight':
      return flow.next
    case 's':
    case 'S':
      return () => void flow.skip()
    case 'f':
    case 'F':
      return () => void flow.flag()
    default:
      return null
  }
}

/** Listens to the keys of the Label view while it is on screen and `isEnabled`. */
export function useLabelKeys(flow: LabelFlow, isEnabled: () => boolean): void {
  const onKey = (event: KeyboardEvent) => {
    const action = isEnabled() ? labelAction(event, flow) : null
    if (!action) return
    event.preventDefault()
    action()
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onUnmounted(() => window.removeEventListener('keydown', onKey))
}
