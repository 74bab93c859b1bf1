import type { KeyAction } from './key-action'

/** What keys do to the galaxies that are shown beside the one that is labelled. */
export const besideActions: readonly KeyAction[] = [
  { id: 'examples', title: 'Examples beside the answers, or none', scope: 'label', keys: ['B'] },
  { id: 'examples-large', title: 'Examples of all answers, large', scope: 'label', keys: ['U'] },
  { id: 'neighbours', title: 'To the nearest galaxies that you labelled', scope: 'label', keys: ['R'] },
  { id: 'neighbour-answers', title: 'What you answered about the nearest galaxies, or not', scope: 'label', keys: ['Shift+K'] },
]
