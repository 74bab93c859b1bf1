/** @file Small JSON files of this user, outside any project: the list of recent projects, the settings. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { userFolders } from '@main/paths'

/** What the file holds, or `absent` where it is missing or damaged: nothing is kept in them that cannot be chosen again. */
export function readUserFile<T extends z.ZodType>(name: string, schema: T, absent: z.output<T>): z.output<T> {
  try {
    return schema.parse(JSON.parse(readFileSync(join(userFolders().data, name), 'utf8')))
  } catch {
    return absent
  }
}

/** Writes it whole or not at all. Fails as the file system does. */
export function writeUserFile(name: string, content: unknown): void {
  const { data } = userFolders()
  const temporary = join(data, `${name}.${process.pid}`)
  mkdirSync(data, { recursive: true })
  writeFileSync(temporary, JSON.stringify(content, null, 1))
  renameSync(temporary, join(data, name))
}
