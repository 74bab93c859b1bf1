import { viewerActions } from './viewer-actions'

/** Something that a key does in the window. `scope`: where it works; `window` works everywhere. */
export type KeyAction = {
  id: string
  title: string
  scope: 'window' | 'label' | 'catalogue' | 'sheet' | 'agreement'
  keys: readonly string[]
}

const answers = Array.from({ length: 9 }, (_, i): KeyAction => ({
  id: `answer-${i + 1}`,
  title: `Answer ${i + 1}`,
  scope: 'label',
  keys: [`${i + 1}`],
}))

const sheetAnswers = answers.map((action, i): KeyAction => ({
  ...action,
  id: `sheet-${action.id}`,
  title: `Sheet: answer ${i + 1}`,
  scope: 'sheet',
}))

const agreedAnswers = answers.map((action, i): KeyAction => ({
  ...action,
  id: `agree-${i + 1}`,
  title: `Agreement: agree on answer ${i + 1}`,
  scope: 'agreement',
}))

/** Every action that has a key, with the keys that it starts with. The user may change them; see the keys store. */
export const keyActions: readonly KeyAction[] = [
  ...answers,
  { id: 'cannot-tell', title: 'Cannot tell', scope: 'label', keys: ['0'] },
  { id: 'back', title: 'To the question before', scope: 'label', keys: ['ArrowLeft', 'Backspace'] },
  { id: 'next', title: 'To the next galaxy', scope: 'label', keys: ['ArrowRight', 'Enter'] },
  { id: 'continue', title: 'To the next galaxy to do', scope: 'label', keys: ['G'] },
  { id: 'undo', title: 'Take back your latest entry', scope: 'label', keys: ['Z', 'Ctrl+Z'] },
  { id: 'redo', title: 'Bring back what you undid last', scope: 'label', keys: ['Shift+Z', 'Ctrl+Shift+Z', 'Ctrl+Y'] },
  { id: 'skip', title: 'Leave this galaxy without an answer', scope: 'label', keys: ['S'] },
  { id: 'flag', title: 'Flag: to look at again', scope: 'label', keys: ['F'] },
  { id: 'star', title: 'Star: worth showing', scope: 'label', keys: ['*'] },
  { id: 'note', title: 'Write a note', scope: 'label', keys: ['N'] },
  { id: 'history', title: 'History of labels', scope: 'label', keys: ['H'] },
  { id: 'about', title: 'About this galaxy', scope: 'label', keys: ['I'] },
  { id: 'pause', title: 'Pause the clock', scope: 'label', keys: ['P'] },
  { id: 'catalogue-open', title: 'Catalogue: open in Label', scope: 'catalogue', keys: ['Enter'] },
  { id: 'catalogue-toggle', title: 'Catalogue: choose, or no longer', scope: 'catalogue', keys: [' '] },
  { id: 'catalogue-all', title: 'Catalogue: choose all', scope: 'catalogue', keys: ['Ctrl+A'] },
  { id: 'catalogue-none', title: 'Catalogue: choose none', scope: 'catalogue', keys: ['Escape'] },
  { id: 'catalogue-sheet', title: 'Catalogue: label the chosen ones', scope: 'catalogue', keys: ['L'] },
  { id: 'catalogue-copy', title: 'Catalogue: copy the ids', scope: 'catalogue', keys: ['C', 'Ctrl+C'] },
  { id: 'catalogue-filter', title: 'Catalogue: to the filter', scope: 'catalogue', keys: ['/'] },
  { id: 'catalogue-row', title: 'Catalogue: to a row by its number', scope: 'catalogue', keys: ['G'] },
  { id: 'catalogue-layout', title: 'Catalogue: gallery or table', scope: 'catalogue', keys: ['T'] },
  { id: 'catalogue-larger', title: 'Catalogue: larger images', scope: 'catalogue', keys: ['+'] },
  { id: 'catalogue-smaller', title: 'Catalogue: smaller images', scope: 'catalogue', keys: ['-'] },
  ...sheetAnswers,
  { id: 'sheet-cannot-tell', title: 'Sheet: cannot tell', scope: 'sheet', keys: ['0'] },
  { id: 'sheet-mark', title: 'Sheet: mark, or no longer', scope: 'sheet', keys: [' '] },
  { id: 'sheet-confirm', title: 'Sheet: save the page', scope: 'sheet', keys: ['Enter'] },
  { id: 'sheet-undo', title: 'Sheet: take back the latest page', scope: 'sheet', keys: ['Z', 'Ctrl+Z'] },
  { id: 'sheet-larger', title: 'Sheet: larger images', scope: 'sheet', keys: ['+'] },
  { id: 'sheet-smaller', title: 'Sheet: smaller images', scope: 'sheet', keys: ['-'] },
  ...agreedAnswers,
  { id: 'difference-before', title: 'Agreement: to the galaxy before', scope: 'agreement', keys: ['ArrowLeft'] },
  { id: 'difference-next', title: 'Agreement: to the next galaxy', scope: 'agreement', keys: ['ArrowRight'] },
  { id: 'question-before', title: 'Agreement: to the question before', scope: 'agreement', keys: ['ArrowUp'] },
  { id: 'question-next', title: 'Agreement: to the next question', scope: 'agreement', keys: ['ArrowDown'] },
  { id: 'agree-undo', title: 'Agreement: take back what you agreed on last', scope: 'agreement', keys: ['Z', 'Ctrl+Z'] },
  ...viewerActions,
  { id: 'keys', title: 'Show all keys', scope: 'window', keys: ['?'] },
]
