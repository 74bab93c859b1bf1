import { setImmediate } from 'node:timers/promises'
import { AppError } from '@shared/science/errors'
import { projectFolder, type ReadableDb, type WritableDb } from './database'
import { readGalaxy } from './galaxies'
import { resolvedPath } from './paths'

/** An image of a galaxy; view 1 is the model's. `path` is absolute; null pixel scale: unknown. `checksum`: SHA-256 of the file when it was last read. */
export type View = {
  galaxyKey: number
  galaxyId: string
  view: number
  path: string
  pixelScaleArcsec: number | null
  widthPx: number
  heightPx: number
  checksum: string
}

/** What is needed of a galaxy to look at it: the absolute path of the model's view (view 1), and its checksum. */
export type GalaxyImage = { galaxyKey: number; id: string; path: string; checksum: string }

/** How many galaxies one query of a walk over the survey reads. */
const PAGE = 4_096

/** Throws `galaxy/unknown`, and `view/unknown` when the galaxy has no such image. */
export function readView(db: ReadableDb, galaxyKey: number, view = 1): View {
  const { id } = readGalaxy(db, galaxyKey)
  const found = db
    .prepare<[number, number], View>(
      `SELECT galaxy_key AS galaxyKey, galaxies.id AS galaxyId, view, path, pixel_scale_arcsec AS pixelScaleArcsec,
       width_px AS widthPx, height_px AS heightPx, checksum FROM views JOIN galaxies USING (galaxy_key) WHERE galaxy_key = ? AND view = ?`,
    )
    .get(galaxyKey, view)
  if (found === undefined) throw new AppError('view/unknown', `Galaxy ${id} has no image ${view}. Import the survey with its images.`)
  return { ...found, path: resolvedPath(projectFolder(db), found.path) }
}

/**
 * The images of all galaxies that have one, in the order of the keys. It reads page by page, each a query of its own: a slow caller holds
 * no transaction open (the log of writes would grow behind it), and may use the connection in between.
 */
export function readImages(db: ReadableDb): Generator<GalaxyImage> {
  return imagesWhere(db, '1 = 1')
}

/** `readImages` of the galaxies for which `condition`, SQL over views.galaxy_key, holds. */
export function* imagesWhere(db: ReadableDb, condition: string): Generator<GalaxyImage> {
  const folder = projectFolder(db)
  const page = db.prepare<[number, number], GalaxyImage>(
    `SELECT galaxy_key AS galaxyKey, galaxies.id, path, checksum FROM views JOIN galaxies USING (galaxy_key)
     WHERE view = 1 AND galaxy_key > ? AND ${condition} ORDER BY galaxy_key LIMIT ?`,
  )
  for (let after = 0; ;) {
    const images = page.all(after, PAGE)
    for (const image of images) yield { ...image, path: resolvedPath(folder, image.path) }
    const last = images.at(-1)
    if (last === undefined) return
    after = last.galaxyKey
  }
}

/** The images of those of `galaxyKeys` that have one, in the order of the keys. Many keys to a query: one each took six times as long. */
export function* imagesOf(db: ReadableDb, galaxyKeys: Iterable<number>): Generator<GalaxyImage> {
  const folder = projectFolder(db)
  const sorted = Array.from(galaxyKeys).sort((a, b) => a - b)
  const some = db.prepare<[string], GalaxyImage>(
    `SELECT galaxy_key AS galaxyKey, galaxies.id, path, checksum FROM views JOIN galaxies USING (galaxy_key)
     WHERE view = 1 AND galaxy_key IN (SELECT value FROM json_each(?)) ORDER BY galaxy_key`,
  )
  for (let start = 0; start < sorted.length; start += PAGE) {
    const images = some.all(JSON.stringify(sorted.slice(start, start + PAGE)))
    for (const image of images) yield { ...image, path: resolvedPath(folder, image.path) }
  }
}

/** Keeps what the images of view 1 were found to be; labels go on being saved between the parts. */
export async function saveChecksums(db: WritableDb, changed: readonly { galaxyKey: number; checksum: string }[]): Promise<void> {
  const update = db.prepare('UPDATE all_views SET checksum = ? WHERE galaxy_key = ? AND view = 1')
  for (let start = 0; start < changed.length; start += PAGE) {
    db.transaction(() => {
      for (const { galaxyKey, checksum } of changed.slice(start, start + PAGE)) update.run(checksum, galaxyKey)
    }).immediate()
    await setImmediate()
  }
}
