/** What is read of a keyboard event. */
export type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** Signs under which the keys are shown. */
const SIGNS: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Backspace: '⌫',
  Enter: '⏎',
  ' ': 'Space',
  Shift: '⇧',
}
const MODIFIERS = new Set(['Control', 'Meta', 'Alt', 'Shift', 'AltGraph'])

/**
 * The name of a key with its modifiers, the same on every keyboard: `Ctrl+Shift+Z` (Cmd counts as Ctrl), `ArrowLeft`, `?`. Shift is named with
 * letters and named keys only: a sign such as `?` has it already. Null while only a modifier is down.
 */
export function keyName({ key, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string | null {
  if (MODIFIERS.has(key) || key === 'Dead' || key === 'Unidentified') return null
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase()
  const name = key.length === 1 ? key.toUpperCase() : key
  const modifiers = [ctrlKey || metaKey ? 'Ctrl' : '', altKey ? 'Alt' : '', shiftKey && (!isSign || key === ' ') ? 'Shift' : '']
  return [...modifiers.filter((modifier) => modifier !== ''), name].join('+')
}

/** For people: `⇧Z`, `Ctrl+←`. */
export function shownKey(name: string): string {
  return name
    .split(/\+(?=.)/)
    .map((part) => SIGNS[part] ?? part)
    .join('+')
    .replace('⇧+', '⇧')
}
