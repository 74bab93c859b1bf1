/**
 * What is chosen of what stands beside the galaxy that is labelled: examples of the answers, what was answered about the nearest ones, and the columns of
 * the imported table.
 */
type Choice = 'examples' | 'neighbour-answers' | 'columns'

const keyOf = (choice: Choice, project: string) => `galaxy-desk.${choice}.${project}`

/** As it was chosen for a project in this window; null where nobody has chosen. */
export function readChoice(choice: Choice, project: string): boolean | null {
  const kept = localStorage.getItem(keyOf(choice, project))
  return kept === 'on' ? true : kept === 'off' ? false : null
}

export function keepChoice(choice: Choice, project: string, isOn: boolean): void {
  localStorage.setItem(keyOf(choice, project), isOn ? 'on' : 'off')
}
