import { besideActions } from './beside-actions'
import { catalogueActions } from './catalogue-actions'
import type { KeyAction } from './key-action'
import { pageActions } from './page-actions'
import { sheetActions } from './sheet-actions'
import { viewerActions } from './viewer-actions'
import { windowActions } from './window-actions'

const answers = Array.from({ length: 9 }, (_, i): KeyAction => ({
  id: `answer-${i + 1}`,
  title: `Answer ${i + 1}`,
  scope: 'label',
  keys: [`${i + 1}`],
}))

const agreedAnswers = answers.map((action, i): KeyAction => ({
  ...action,
  id: `agree-${i + 1}`,
  title: `Agree on answer ${i + 1}`,
  scope: 'agreement',
}))

/** Every action that has a key, with the keys that it starts with. The user may change them; see the settings store. */
export const keyActions: readonly KeyAction[] = [
  ...windowActions,
  ...answers,
  { id: 'cannot-tell', title: 'Cannot tell', scope: 'label', keys: ['0'] },
  { id: 'back', title: 'To the question before', scope: 'label', keys: ['ArrowLeft', 'Backspace'] },
  { id: 'next', title: 'To the next galaxy', scope: 'label', keys: ['ArrowRight'] },
  { id: 'guess', title: "Take the model's first guess, where it is shown", scope: 'label', keys: ['Enter', ' '] },
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
  { id: 'annotator', title: 'Change who is labelling', scope: 'label', keys: ['Shift+P'] },
  { id: 'retry', title: 'Try again to save', scope: 'label', keys: ['Ctrl+S'] },
  ...besideActions,
  ...agreedAnswers,
  { id: 'difference-before', title: 'To the galaxy before', scope: 'agreement', keys: ['ArrowLeft'], repeats: true },
  { id: 'difference-next', title: 'To the next galaxy', scope: 'agreement', keys: ['ArrowRight'], repeats: true },
  { id: 'question-before', title: 'To the question before', scope: 'agreement', keys: ['ArrowUp'], repeats: true },
  { id: 'question-next', title: 'To the next question', scope: 'agreement', keys: ['ArrowDown'], repeats: true },
  { id: 'agree-undo', title: 'Take back what you agreed on last', scope: 'agreement', keys: ['Z', 'Ctrl+Z'] },
  { id: 'agree-redo', title: 'Bring back what you took back last', scope: 'agreement', keys: ['Shift+Z', 'Ctrl+Shift+Z', 'Ctrl+Y'] },
  { id: 'agree-between', title: 'Agreement of all, or of the next two', scope: 'agreement', keys: ['P'] },
  { id: 'agree-save', title: 'Save the agreement as CSV', scope: 'agreement', keys: ['E'] },
  ...viewerActions,
  ...sheetActions,
  ...catalogueActions,
  ...pageActions,
]
