import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '@shared/science/errors'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { createCatalogue } from './open'
import { deviceId, writeSetting } from './settings'
import { setProjectTree } from './trees'

const FOLDERS = ['models', 'features', 'cutouts', 'backups', 'logs']

/**
 * Makes the project folder `path` (any name; the window suggests NAME.galaxydesk) and returns its absolute path. The folder must be absent
 * or empty (`project/not-empty`). It is built under another name beside it and renamed whole: a failure, or a kill, leaves no half project.
 * `settings` are in it from its first moment.
 */
export function createProject(path: string, tree: DecisionTree, settings: Readonly<Record<string, unknown>> = {}): string {
  const folder = resolve(path)
  const existed = existsSync(folder)
  if (existed && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0)) {
    throw new AppError('project/not-empty', `${folder} is already there and not an empty folder. Choose another name for the project.`)
  }
  const draft = join(dirname(folder), `.${basename(folder)}.${randomUUID()}`)
  try {
    for (const name of ['', ...FOLDERS]) makeFolder(join(draft, name))
    const db = createCatalogue(draft)
    setProjectTree(db, tree)
    deviceId(db)
    for (const [name, value] of Object.entries(settings)) writeSetting(db, name, value)
    db.close()
    if (existed) rmdirSync(folder)
    renameSync(draft, folder)
    return folder
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EACCES' || code === 'EPERM' || code === 'ENOENT' || code === 'EROFS' || code === 'ENOSPC' || code === 'ENOTDIR') {
      throw new AppError(
        'project/not-writable',
        `The project ${folder} cannot be made (${code}). Choose a folder that you can write to, on a disk with room.`,
        {
          cause: error,
        },
      )
    }
    throw error
  }
}

/** As `mkdir -p`. Node's own never ends where a file system answers ENOENT although the parent is there, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  mkdirSync(folder)
}
