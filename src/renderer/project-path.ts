const ending = '.galaxydesk'

/** The folder of a new project NAME inside `folder`, written with the separators that `folder` already has. */
export function projectPath(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/'
  const parent = folder.endsWith(separator) ? folder : folder + separator
  return parent + (name.endsWith(ending) ? name : name + ending)
}

/** Whether a name can be a folder on every system: no separators, no signs that Windows refuses, not only dots. */
export function isProjectName(name: string): boolean {
  return name.trim() === name && /^[^\\/:*?"<>|]+$/.test(name) && !/^\.*$/.test(name)
}
