import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { GalaxyImage } from '@main/catalogue/views'
import { progressOf, throwIfCancelled, type TaskContext } from './context'
import type { FeatureStore } from './feature-store'

const STATS_AT_ONCE = 256

/** The state of a file in 8 bytes, hexadecimal: its size and when it was changed. Another stamp means that it may be another image. */
export async function fileStamp(path: string): Promise<string> {
  const { size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  // The time of the last change of any kind also tells of a file that was put in its place with the old date.
  return createHash('sha256').update(`${size} ${mtimeNs} ${ctimeNs}`).digest('hex').slice(0, 16)
}

export const checksumOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/**
 * The galaxies with the checksums of their images as they are now. Only files that were touched since their features were made are read.
 * A file that is not there leaves its galaxy as it was: its features still are those of the image that was imported.
 */
export async function currentImages(store: FeatureStore, galaxies: readonly GalaxyImage[], context: TaskContext): Promise<GalaxyImage[]> {
  const report = progressOf(context, 'checking images', galaxies.length)
  const current: GalaxyImage[] = []
  for (let start = 0; start < galaxies.length; start += STATS_AT_ONCE) {
    throwIfCancelled(context.signal)
    const part = galaxies.slice(start, start + STATS_AT_ONCE)
    current.push(...(await Promise.all(part.map((galaxy) => currentImage(store, galaxy)))))
    report(current.length)
  }
  return current
}

async function currentImage(store: FeatureStore, galaxy: GalaxyImage): Promise<GalaxyImage> {
  const kept = store.kept(galaxy.galaxyKey)
  if (kept === null) return galaxy
  const stamp = await orNull(fileStamp(galaxy.path))
  if (stamp === null || (stamp === kept.stamp && kept.isOf(galaxy.checksum))) return galaxy
  const bytes = await orNull(readFile(galaxy.path))
  if (bytes === null) return galaxy
  const checksum = checksumOf(bytes)
  if (kept.isOf(checksum)) store.restamp(galaxy.galaxyKey, stamp)
  return { ...galaxy, checksum }
}

/** A file that cannot be read is told of where its image is needed. */
function orNull<T>(promise: Promise<T>): Promise<T | null> {
  return promise.catch(() => null)
}
