import type { KeyAction } from './key-action'

const action = (id: string, title: string, ...keys: string[]): KeyAction => ({ id: `catalogue-${id}`, title, scope: 'catalogue', keys })
const move = (id: string, title: string, key: string): KeyAction => ({ ...action(id, title, key), repeats: true, moves: true })
const digits = Array.from({ length: 9 }, (_, i) => `${i + 1}`)

/** What keys do in the catalogue: to the galaxies that were found, to the filter, and to the list. */
export const catalogueActions: readonly KeyAction[] = [
  action('open', 'Open in Label', 'Enter'),
  action('toggle', 'Choose, or no longer', ' '),
  action('all', 'Choose all', 'Ctrl+A'),
  action('none', 'Choose none', 'Escape'),
  action('sheet', 'Label the chosen ones', 'L'),
  action('copy', 'Copy the ids', 'C', 'Ctrl+C'),
  move('left', 'To the galaxy before', 'ArrowLeft'),
  move('right', 'To the next galaxy', 'ArrowRight'),
  move('up', 'Up', 'ArrowUp'),
  move('down', 'Down', 'ArrowDown'),
  move('page-up', 'A page up', 'PageUp'),
  move('page-down', 'A page down', 'PageDown'),
  move('first', 'To the first galaxy', 'Home'),
  move('last', 'To the last galaxy', 'End'),
  action('row', 'To a row by its number', 'G', ...digits),
  action('filter', 'To the filter', '/'),
  action('add', 'Add a condition', 'A'),
  action('edit', 'Change a condition', 'E'),
  action('again', 'Search again', 'R'),
  action('sort', 'To the order', 'O'),
  action('descending', 'Largest or smallest first', 'D'),
  action('saved', 'Saved searches', 'S'),
  action('layout', 'Gallery or table', 'T'),
  action('columns', 'Columns of the table', 'K'),
  { ...action('larger', 'Larger images', '+', '='), repeats: true },
  { ...action('smaller', 'Smaller images', '-'), repeats: true },
]
