import { projectFolder, type WritableDb } from './database'
import type { ImportedImage, RunningImport } from './imports'
import { storedPath } from './paths'

export type ExtraView = { id: string; image: ImportedImage | null }

/** Why a further image of a galaxy was not taken: no galaxy has the id, or this view of it is there already. */
export type ExtraViewFault = 'unknown' | 'exists'

/**
 * Writes further images, for the eye, of galaxies that the project has, in one transaction; they become visible with their import. View 1, which
 * the model sees, is never touched. Returns the positions in `rows` of those that were not taken, and why.
 */
export function insertExtraViews(
  db: WritableDb,
  { importKey }: RunningImport,
  view: number,
  rows: readonly ExtraView[],
): Map<number, ExtraViewFault> {
  if (view < 2) throw new Error(`view ${view} is no further view`)
  const folder = projectFolder(db)
  const find = db.prepare<[string], number>('SELECT galaxy_key FROM galaxies WHERE id = ?').pluck()
  const insert = db.prepare<[number, number, string, number | null, number, number, string, number]>(
    `INSERT INTO all_views (galaxy_key, view, path, pixel_scale_arcsec, width_px, height_px, checksum, import_key)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (galaxy_key, view) DO NOTHING`,
  )
  return db
    .transaction(() => {
      const faults = new Map<number, ExtraViewFault>()
      rows.forEach(({ id, image }, i) => {
        const key = find.get(id)
        if (key === undefined) faults.set(i, 'unknown')
        else if (image) {
          const { path, pixelScaleArcsec, widthPx, heightPx, checksum } = image
          const stored = insert.run(key, view, storedPath(folder, path), pixelScaleArcsec, widthPx, heightPx, checksum, importKey)
          if (stored.changes === 0) faults.set(i, 'exists')
        }
      })
      return faults
    })
    .immediate()
}
