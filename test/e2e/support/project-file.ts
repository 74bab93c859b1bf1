import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'

export type LogRow = {
  uuid: string
  id: string
  kind: string
  question: string | null
  answer: string | null
  undoes: string | null
  annotator: string
  round: number | null
}

/** The project folders that the application made, by the order of their names. */
export const projectsIn = (folder: string): string[] =>
  readdirSync(join(folder, 'projects'))
    .filter((name) => name.endsWith('.galaxydesk'))
    .sort()
    .map((name) => join(folder, 'projects', name))

/** Reads the catalogue of a project past the application: what is on the disk is what counts. */
export function readCatalogue<T>(project: string, read: (db: Database.Database) => T): T {
  const db = new Database(join(project, 'catalogue.sqlite'), { readonly: true })
  try {
    return read(db)
  } finally {
    db.close()
  }
}

/** The whole label log, oldest first. */
export const labelLog = (project: string): LogRow[] =>
  readCatalogue(project, (db) =>
    db
      .prepare<[], LogRow>(
        'SELECT uuid, id, kind, question, answer, undoes, annotator, round FROM labels JOIN all_galaxies USING (galaxy_key) ORDER BY sequence',
      )
      .all(),
  )

export const countRows = (project: string, from: string): number =>
  readCatalogue(project, (db) => db.prepare<[], number>(`SELECT count(*) FROM ${from}`).pluck().get() ?? -1)
