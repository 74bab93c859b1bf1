import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { z } from 'zod'
import type { RecentProject } from '@shared/contract/records'
import { readUserFile, writeUserFile } from './user-file'

const fileSchema = z.array(z.object({ path: z.string(), openedAt: z.iso.datetime() }))
const MOST = 20
const FILE = 'recent-projects.json'

const read = () => readUserFile(FILE, fileSchema, [])

/** The name of a project: its folder's, without the ending. */
export function projectName(path: string): string {
  return basename(path).replace(/\.galaxydesk$/, '')
}

/** The projects opened on this machine, latest first; `exists` is false for one that was moved away. */
export function recentProjects(): RecentProject[] {
  return read().map(({ path, openedAt }) => ({ path, openedAt, name: projectName(path), exists: existsSync(path) }))
}

/** Puts the project first in the list. A list that cannot be written is no reason not to open the project. */
export function rememberProject(path: string): void {
  const others = read().filter((project) => project.path !== path)
  try {
    writeUserFile(FILE, [{ path, openedAt: new Date().toISOString() }, ...others].slice(0, MOST))
  } catch (error) {
    process.stderr.write(`The list of recent projects cannot be written: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}
