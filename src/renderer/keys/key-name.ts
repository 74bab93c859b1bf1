/** What is read of a keyboard event. */
export type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

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
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Escape: 'Esc',
}
const MODIFIERS = new Set(['Control', 'Meta', 'Alt', 'Shift', 'AltGraph'])

/**
 * The name of a key with its modifiers, the same on every keyboard: `Ctrl+Shift+Z` (Cmd counts as Ctrl), `ArrowLeft`, `?`. Shift is named with
 * letters and named keys only: a sign such as `?` has it already, as one that is written with AltGr (Ctrl and Alt together on Windows) has those.
 * With Alt, letters and digits are named by their place on the keyboard, because a Mac writes other signs then. Null while only a modifier is down.
 */
export function keyName({ key, code, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string | null {
  if (MODIFIERS.has(key) || key === 'Dead' || key === 'Unidentified') return null
  const isLetter = key.length === 1 && key.toLowerCase() !== key.toUpperCase()
  const isSign = key.length === 1 && !isLetter && key !== ' '
  const isWritten = isSign && !/\d/.test(key) && altKey && ctrlKey
  const place = altKey && !ctrlKey && !metaKey ? /^(?:Key|Digit)(.)$/.exec(code ?? '')?.[1] : undefined
  const name = place ?? (key.length === 1 ? key.toUpperCase() : key)
  const modifiers = isWritten
    ? []
    : [ctrlKey || metaKey ? 'Ctrl' : '', altKey ? 'Alt' : '', shiftKey && (!isSign || place !== undefined) ? 'Shift' : '']
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

/** Several keys for people; digits that follow each other as one: `1–9`. */
export function shownKeys(names: readonly string[]): readonly string[] {
  const digits = names.filter((name) => /^\d$/.test(name)).toSorted()
  const isRun = digits.length > 2 && Number(digits.at(-1)) - Number(digits[0]) === digits.length - 1
  if (!isRun) return names.map(shownKey)
  return [...names.filter((name) => !digits.includes(name)).map(shownKey), `${digits[0]}–${digits.at(-1)}`]
}
