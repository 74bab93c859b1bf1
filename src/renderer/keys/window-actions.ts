import { keyScopes, scopeTitles, type KeyAction } from './key-action'

/** Alt and the place of the view in the rail. */
const views = keyScopes.slice(1).map((scope, i): KeyAction => ({
  id: `to-${scope}`,
  title: `To ${scopeTitles[scope]}`,
  scope: 'window',
  keys: [`Alt+${i + 1}`],
}))

/** What works in every view. */
export const windowActions: readonly KeyAction[] = [
  { id: 'keys', title: 'Show all keys', scope: 'window', keys: ['?'] },
  ...views,
  { id: 'theme', title: 'Light or dark', scope: 'window', keys: ['Alt+T'] },
  { id: 'engine', title: 'Choose the engine', scope: 'window', keys: ['Alt+E'] },
  { id: 'job-cancel', title: 'Cancel the running job', scope: 'window', keys: ['Alt+X'] },
  { id: 'job-resume', title: 'Resume the job that was stopped', scope: 'window', keys: ['Alt+R'] },
]
