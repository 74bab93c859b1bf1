import type { KeyAction } from './key-action'

/** What keys do in the views that are pages of panels. */
export const pageActions: readonly KeyAction[] = [
  { id: 'project-sample', title: 'New sample project', scope: 'projects', keys: ['S'] },
  { id: 'project-folder', title: 'New from a folder', scope: 'projects', keys: ['F'] },
  { id: 'project-table', title: 'New from a table', scope: 'projects', keys: ['T'] },
  { id: 'project-open', title: 'Open another project', scope: 'projects', keys: ['O'] },
  { id: 'project-newest', title: 'Open the most recent other project', scope: 'projects', keys: ['R'] },
  { id: 'round-start', title: 'Train and choose next', scope: 'rounds', keys: ['Ctrl+Enter'] },
  { id: 'round-advanced', title: 'Advanced settings, or hide them', scope: 'rounds', keys: ['A'] },
  { id: 'curve-minutes', title: 'Test error against galaxies, or minutes', scope: 'rounds', keys: ['M'] },
  { id: 'curve-save', title: 'Save the test errors as CSV', scope: 'rounds', keys: ['E'] },
  { id: 'round-reveal', title: 'To the button that reveals recorded votes', scope: 'rounds', keys: ['V'] },
  { id: 'model-newer', title: 'Newer model', scope: 'results', keys: ['ArrowLeft'], repeats: true },
  { id: 'model-older', title: 'Older model', scope: 'results', keys: ['ArrowRight'], repeats: true },
  { id: 'annotator-before', title: 'Annotator before', scope: 'quality', keys: ['ArrowLeft'] },
  { id: 'annotator-next', title: 'Next annotator', scope: 'quality', keys: ['ArrowRight'] },
  { id: 'text-larger', title: 'Larger text', scope: 'settings', keys: ['+', '='], repeats: true },
  { id: 'text-smaller', title: 'Smaller text', scope: 'settings', keys: ['-'], repeats: true },
  { id: 'find-key', title: 'Find an action and its key', scope: 'settings', keys: ['/'] },
  { id: 'settings-export', title: 'Export settings', scope: 'settings', keys: ['E'] },
  { id: 'settings-import', title: 'Import settings', scope: 'settings', keys: ['I'] },
]
