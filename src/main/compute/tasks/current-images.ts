import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { GalaxyImage } from '@main/catalogue/views'
import { countOf } from './catalogue-walk'
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

/** A galaxy with the checksum of its image as it is now. */
export type CurrentImage = { galaxy: GalaxyImage; checksum: string }

/**
 * The galaxies with the checksums of their images as they are now. Only files that were touched since their features were made are read.
 * A file that is not there leaves its galaxy as it was: its features still are those of the image that was imported.
 */
export async function* currentImages(
  store: FeatureStore,
  galaxies: Iterable<GalaxyImage>,
  context: TaskContext,
): AsyncGenerator<CurrentImage> {
  const report = progressOf(context, 'checking images', countOf(galaxies))
  let done = 0
  for (const part of partsOf(galaxies, STATS_AT_ONCE)) {
    throwIfCancelled(context.signal)
    yield* await Promise.all(part.map(async (galaxy) => ({ galaxy, checksum: await currentChecksum(store, galaxy) })))
    done += part.length
    report(done)
  }
}

function* partsOf<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let part: T[] = []
  for (const item of items) {
    part.push(item)
    if (part.length < size) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}

async function currentChecksum(store: FeatureStore, { galaxyKey, path, checksum: imported }: GalaxyImage): Promise<string> {
  const kept = store.kept(galaxyKey)
  if (kept === null) return imported
  const stamp = await orNull(fileStamp(path))
  if (stamp === null || (stamp === kept.stamp && kept.isOf(imported))) return imported
  const bytes = await orNull(readFile(path))
  if (bytes === null) return imported
  const checksum = checksumOf(bytes)
  if (kept.isOf(checksum)) store.restamp(galaxyKey, stamp)
  return checksum
}

/** A file that cannot be read is told of where its image is needed. */
function orNull<T>(promise: Promise<T>): Promise<T | null> {
  return promise.catch(() => null)
}
