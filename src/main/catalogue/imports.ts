import { AppError } from '@shared/science/errors'
import type { ImportParams } from '@shared/contract/job'
import type { ImportReport } from '@shared/contract/requests'
import { answerNames } from '@shared/science/tree/decision-tree'
import { projectFolder, type ReadableDb, type WritableDb } from './database'
import type { ImportOrigin } from './import-of-job'
import { removeImport, removeInterruptedImports } from './interrupted-imports'
import { placeLateGalaxies } from './late-galaxies'
import { storedPath } from './paths'
import { takeProcessLock, type ProcessLock } from './process-lock'
import { readTree } from './trees'
import { encodeCounts, voteSets } from './votes'

/** The most rows of one batch: the time that a label waits for it stays near a tenth of a second. */
export const IMPORT_BATCH = 5_000

/** An image as it was read: its size, and the SHA-256 of the file. Pixel scale in arcsec per pixel, null when unknown. */
export type ImportedImage = { path: string; pixelScaleArcsec: number | null; widthPx: number; heightPx: number; checksum: string }

/** A galaxy to import. `counts_A` in the order of the vote set's tree. */
export type ImportRow = {
  id: string
  raDeg: number | null
  decDeg: number | null
  metadata: Record<string, string>
  image: ImportedImage | null
  votes: readonly { voteSetKey: number; counts_A: ArrayLike<number> }[]
}

/** A running import. Nothing of it is visible before `completeImport`. */
export type RunningImport = { readonly importKey: number; readonly lock: ProcessLock }

/**
 * Starts an import; at most one runs in a project at a time (`import/running`). End it with `completeImport` or `abortImport`: its lock goes
 * with the process otherwise, and what it wrote is removed at the next open.
 */
export function beginImport(db: WritableDb, params: ImportParams, origin?: ImportOrigin): RunningImport {
  removeInterruptedImports(db)
  const lock = takeProcessLock(projectFolder(db), 'import')
  if (lock === null)
    throw new AppError('import/running', 'Another import into this project is running. Wait until it has ended, or cancel it.')
  try {
    const { lastInsertRowid } = db
      .prepare('INSERT INTO imports (params, started_at) VALUES (?, ?)')
      .run(JSON.stringify({ ...params, origin }), new Date().toISOString())
    return { importKey: Number(lastInsertRowid), lock }
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * Writes a batch in one transaction. Returns the positions in `rows` of those that were not taken because their id is already in the
 * catalogue or came earlier in this import.
 */
export function insertImportBatch(db: WritableDb, { importKey }: RunningImport, rows: readonly ImportRow[]): { duplicates: number[] } {
  if (rows.length > IMPORT_BATCH) throw new Error(`a batch has at most ${IMPORT_BATCH} rows, not ${rows.length}`)
  const folder = projectFolder(db)
  const insertGalaxy = db.prepare<[string, number | null, number | null, number, string]>(
    'INSERT INTO all_galaxies (id, ra_deg, dec_deg, import_key, metadata) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  )
  const insertView = db.prepare<[number, string, number | null, number, number, string, number]>(
    `INSERT INTO all_views (galaxy_key, view, path, pixel_scale_arcsec, width_px, height_px, checksum, import_key)
     VALUES (?, 1, ?, ?, ?, ?, ?, ?)`,
  )
  const insertVotes = db.prepare<[number, number, Buffer, number]>(
    'INSERT INTO all_votes (vote_set_key, galaxy_key, counts, import_key) VALUES (?, ?, ?, ?)',
  )
  const widths = new Map(voteSets(db).map((set) => [set.key, answerNames(readTree(db, set.treeVersion)).length]))
  return db
    .transaction(() => {
      const duplicates: number[] = []
      rows.forEach(({ id, raDeg, decDeg, metadata, image, votes }, i) => {
        const inserted = insertGalaxy.run(id, raDeg, decDeg, importKey, JSON.stringify(metadata))
        if (inserted.changes === 0) {
          duplicates.push(i)
          return
        }
        const key = Number(inserted.lastInsertRowid)
        if (image) {
          const { path, pixelScaleArcsec, widthPx, heightPx, checksum } = image
          insertView.run(key, storedPath(folder, path), pixelScaleArcsec, widthPx, heightPx, checksum, importKey)
        }
        for (const { voteSetKey, counts_A } of votes) {
          const answers = widths.get(voteSetKey)
          if (counts_A.length !== answers) throw new Error(`${counts_A.length} counts for a tree of ${answers} answers`)
          insertVotes.run(voteSetKey, key, encodeCounts(counts_A), importKey)
        }
      })
      return { duplicates }
    })
    .immediate()
}

/** Makes all galaxies of the import visible at once, gives those that came after the split their side, and ends the import. */
export function completeImport(db: WritableDb, { importKey, lock }: RunningImport, report: ImportReport): void {
  const count = (table: string, counted: string) =>
    db.prepare<[number], number>(`SELECT count(${counted}) FROM ${table} WHERE import_key = ?`).pluck().get(importKey)!
  const counts = {
    galaxies: count('all_galaxies', '*'),
    withImages: count('all_views', 'CASE WHEN view = 1 THEN 1 END'),
    withVotes: count('all_votes', 'DISTINCT galaxy_key'),
  }
  const place = placeLateGalaxies(db, importKey)
  db.transaction(() => {
    place()
    db.prepare(
      `UPDATE imports SET completed_at = :at, report = :report, galaxies = :galaxies, with_images = :withImages, with_votes = :withVotes
       WHERE import_key = :importKey`,
    ).run({ importKey, at: new Date().toISOString(), report: JSON.stringify(report), ...counts })
  }).immediate()
  lock.release()
}

/** Removes everything that the import wrote, and ends it. */
export function abortImport(db: WritableDb, { importKey, lock }: RunningImport): void {
  try {
    removeImport(db, importKey)
  } finally {
    lock.release()
  }
}

/** A completed import. */
export type CompletedImport = { importKey: number; params: ImportParams; completedAt: string; report: ImportReport }

/** The completed imports, latest first. */
export function readImports(db: ReadableDb): CompletedImport[] {
  return db
    .prepare<[], { importKey: number; params: string; completedAt: string; report: string }>(
      `SELECT import_key AS importKey, params, completed_at AS completedAt, report FROM imports
       WHERE completed_at IS NOT NULL ORDER BY import_key DESC`,
    )
    .all()
    .map((row) => ({ ...row, params: JSON.parse(row.params) as ImportParams, report: JSON.parse(row.report) as ImportReport }))
}
