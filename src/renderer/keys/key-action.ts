/** Where a key works: in the whole window, or in one view. */
export const keyScopes = [
  'window',
  'projects',
  'label',
  'sheet',
  'catalogue',
  'rounds',
  'results',
  'agreement',
  'quality',
  'settings',
] as const
export type KeyScope = (typeof keyScopes)[number]

/** Something that a key does in the window. */
export type KeyAction = {
  id: string
  title: string
  scope: KeyScope
  keys: readonly string[]
  /** Held down, the key does it again and again. Never so for what is written to the label log, or starts something. */
  repeats?: boolean
  /** Moves in a list of galaxies: with Shift it takes along what it passes, with Ctrl it leaves that as it is. Both are its keys as well. */
  moves?: boolean
}

export const scopeTitles: Readonly<Record<KeyScope, string>> = {
  window: 'Everywhere',
  projects: 'Projects',
  label: 'Label',
  sheet: 'Sheet',
  catalogue: 'Catalogue',
  rounds: 'Rounds',
  results: 'Results',
  agreement: 'Agreement',
  quality: 'Quality',
  settings: 'Settings',
}

/** `Catalogue: choose all`: the title where actions of several views stand together. */
export const titleWithView = ({ scope, title }: KeyAction): string => (scope === 'window' ? title : `${scopeTitles[scope]}: ${title}`)
