import { isAbsolute, relative, resolve, sep } from 'node:path'

/** How a path is kept: relative (with `/`) inside the project folder, so that a project can be moved with its own images; else absolute. */
export function storedPath(folder: string, path: string): string {
  const inside = relative(folder, resolve(path))
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) return resolve(path)
  return sep === '/' ? inside : inside.replaceAll(sep, '/')
}

/** The absolute path of one that was kept. */
export function resolvedPath(folder: string, stored: string): string {
  return resolve(folder, stored)
}
