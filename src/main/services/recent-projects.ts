import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { RecentProject } from '@shared/contract/records'
import { userFolders } from '@main/paths'

const fileSchema = z.array(z.object({ path: z.string(), openedAt: z.iso.datetime() }))
const MOST = 20
const file = () => join(userFolders().data, 'recent-projects.json')

function read(): z.infer<typeof fileSchema> {
  if (!existsSync(file())) return []
  // A damaged list loses nothing but the list: projects are found again by opening them.
  const parsed = fileSchema.safeParse(parseJson(readFileSync(file(), 'utf8')))
  return parsed.success ? parsed.data : []
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The name of a project: its folder's, without the ending. */
export function projectName(path: string): string {
  return basename(path).replace(/\.galaxydesk$/, '')
}

/** The projects opened on this machine, latest first; `exists` is false for one that was moved away. */
export function recentProjects(): RecentProject[] {
  return read().map(({ path, openedAt }) => ({ path, openedAt, name: projectName(path), exists: existsSync(path) }))
}

export function rememberProject(path: string): void {
  const others = read().filter((project) => project.path !== path)
  mkdirSync(userFolders().data, { recursive: true })
  const temporary = `${file()}.${process.pid}`
  writeFileSync(temporary, JSON.stringify([{ path, openedAt: new Date().toISOString() }, ...others].slice(0, MOST), null, 1))
  renameSync(temporary, file())
}
