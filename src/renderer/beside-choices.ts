/** What is chosen of the galaxies beside the one that is labelled: examples of the answers, and what was answered about the nearest ones. */
type Choice = 'examples' | 'neighbour-answers'

const keyOf = (choice: Choice, project: string) => `galaxy-desk.${choice}.${project}`

/** As it was chosen for a project in this window; null where nobody has chosen. */
export function readChoice(choice: Choice, project: string): boolean | null {
  const kept = localStorage.getItem(keyOf(choice, project))
  return kept === 'on' ? true : kept === 'off' ? false : null
}

export function keepChoice(choice: Choice, project: string, isOn: boolean): void {
  localStorage.setItem(keyOf(choice, project), isOn ? 'on' : 'off')
}
