import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { AppError } from '@shared/science/errors'
import { projectFolder, type WritableDb } from './database'
import { migrations as shipped } from './migrations'

/** Marks an SQLite file as a catalogue of ours: "GDsk". */
export const APPLICATION_ID = 0x4744736b

/** The number of migrations that a catalogue has had. */
export function catalogueVersion(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number
}

/** Throws `catalogue/newer` when this program is older than the catalogue: writing it could lose what it does not know. */
export function refuseNewer(db: Database, migrations: readonly string[] = shipped): void {
  const version = catalogueVersion(db)
  if (version > migrations.length) {
    throw new AppError(
      'catalogue/newer',
      `${db.name} was written by a newer Galaxy Desk (catalogue version ${version}, this one knows ${migrations.length}). Update Galaxy Desk.`,
    )
  }
}

/**
 * Brings the catalogue to the newest version, one transaction per migration, and returns the path of the backup that was made first (null
 * when nothing was due, or the file was new). Two programs that open it at once migrate it once: each transaction looks again.
 */
export function migrate(db: WritableDb, migrations: readonly string[] = shipped): string | null {
  refuseNewer(db, migrations)
  const from = catalogueVersion(db)
  if (from === migrations.length) return null
  const backup = from > 0 ? backUp(db, `catalogue-v${from}`) : null
  for (let version = from; version < migrations.length; version++) {
    db.transaction(() => {
      if (catalogueVersion(db) !== version) return
      db.exec(migrations[version]!)
      db.pragma(`application_id = ${APPLICATION_ID}`)
      db.pragma(`user_version = ${version + 1}`)
    }).exclusive()
  }
  return backup
}

/** Writes a whole copy of the catalogue into backups/ and returns its path. */
export function backUp(db: WritableDb, name: string): string {
  const folder = join(projectFolder(db), 'backups')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.sqlite`)
  db.prepare('VACUUM INTO ?').run(path)
  return path
}
