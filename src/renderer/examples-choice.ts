const keyOf = (project: string) => `galaxy-desk.examples.${project}`

/** Whether examples are to stand beside the answers in a project, as it was chosen in this window; null where nobody has chosen. */
export function readExamplesChoice(project: string): boolean | null {
  const kept = localStorage.getItem(keyOf(project))
  return kept === 'on' ? true : kept === 'off' ? false : null
}

export function keepExamplesChoice(project: string, isOn: boolean): void {
  localStorage.setItem(keyOf(project), isOn ? 'on' : 'off')
}
