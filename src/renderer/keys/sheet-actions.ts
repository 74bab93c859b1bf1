import type { KeyAction } from './key-action'

const action = (id: string, title: string, ...keys: string[]): KeyAction => ({ id: `sheet-${id}`, title, scope: 'sheet', keys })
const move = (id: string, title: string, key: string): KeyAction => ({ ...action(id, title, key), repeats: true, moves: true })

/** What keys do on the contact sheet. */
export const sheetActions: readonly KeyAction[] = [
  ...Array.from({ length: 9 }, (_, i) => action(`answer-${i + 1}`, `Answer ${i + 1}`, `${i + 1}`)),
  action('cannot-tell', 'Cannot tell', '0'),
  action('mark', 'Mark, or no longer', ' '),
  action('confirm', 'Save what was looked through', 'Enter'),
  action('undo', 'Take back what was saved last', 'Z', 'Ctrl+Z'),
  move('left', 'To the galaxy before', 'ArrowLeft'),
  move('right', 'To the next galaxy', 'ArrowRight'),
  move('up', 'Up', 'ArrowUp'),
  move('down', 'Down', 'ArrowDown'),
  move('first', 'To the first of the page', 'Home'),
  move('last', 'To the last of the page', 'End'),
  action('next', 'Next page, not saved yet', 'PageDown'),
  action('before', 'Page before', 'PageUp'),
  action('clear', 'Clear all marks that are not saved', 'Shift+Delete'),
  action('question', 'To the question', 'Q'),
  action('round', 'Back to the round', 'B'),
  action('retry', 'Try again to save', 'Ctrl+S'),
  { ...action('larger', 'Larger images', '+', '='), repeats: true },
  { ...action('smaller', 'Smaller images', '-'), repeats: true },
]
