/** Where the program's own files lie, the same from sources, from `out/` and inside a packaged application. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import envPaths from 'env-paths'

/** The folder that holds package.json. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('package.json of galaxy-desk not found above the running file')
    folder = parent
  }
  return folder
}

/** A built entry point, such as `compute` for `out/main/compute.js`. */
export function builtEntry(name: string): string {
  return join(packageRoot(), 'out', 'main', `${name}.js`)
}

/** A file of `resources/`. */
export function resourcePath(...parts: string[]): string {
  return join(packageRoot(), 'resources', ...parts)
}

/** Per-user folders: `data` holds the list of recent projects, `cache` what can be made again. Both can be moved by environment. */
export function userFolders(): { data: string; cache: string } {
  const paths = envPaths('galaxy-desk', { suffix: '' })
  return { data: process.env.GALAXY_DESK_DATA ?? paths.data, cache: process.env.GALAXY_DESK_CACHE ?? paths.cache }
}
