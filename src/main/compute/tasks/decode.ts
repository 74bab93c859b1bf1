import type { GalaxyImage } from '@main/catalogue/views'
import { readGreyAndFile } from '@main/images/grey'
import { checksumOf, fileStamp } from './current-images'

/** A galaxy with the image that its file holds now. `checksum` and `stamp` are those of the file that was read. */
export type Decoded = GalaxyImage & { image: Uint8Array; stamp: string }

/**
 * How many images are being read or wait to be taken. While a network computes, this thread starts nothing new: what was started must last
 * until then. Of 300 px they are 6 MB.
 */
const IMAGES_AHEAD = 64

/**
 * Images of `storedSizePx` in batches, in order, later ones being decoded while the caller works on this one. Never more than a few dozen
 * are held, however many there are. When the caller stops, it ends after those that are being read. Throws `image/unreadable`.
 */
export async function* decodeBatches(galaxies: Iterable<GalaxyImage>, storedSizePx: number, batch: number): AsyncGenerator<Decoded[]> {
  const ahead: Promise<Decoded>[] = []
  const most = Math.max(IMAGES_AHEAD, 2 * batch)
  const walk = galaxies[Symbol.iterator]()
  let isOver = false
  const start = () => {
    while (!isOver && ahead.length < most) {
      const { done, value } = walk.next()
      if (done === true) isOver = true
      else {
        const decoded = decodeOne(value, storedSizePx)
        // Awaited later; a failure until then is not unhandled.
        decoded.catch(() => undefined)
        ahead.push(decoded)
      }
    }
  }
  try {
    start()
    while (ahead.length > 0) {
      const next: Decoded[] = []
      while (next.length < batch && ahead.length > 0) next.push(await ahead.shift()!)
      // Before the caller works on these.
      start()
      yield next
    }
  } finally {
    walk.return?.()
    await Promise.allSettled(ahead)
  }
}

async function decodeOne(galaxy: GalaxyImage, storedSizePx: number): Promise<Decoded> {
  // Taken first: a file that is changed while it is read has another stamp the next time. One that is not there fails in the next line.
  const stamp = await fileStamp(galaxy.path).catch(() => '')
  const { grey, file } = await readGreyAndFile(galaxy.path, galaxy.id, storedSizePx)
  return { ...galaxy, checksum: checksumOf(file), stamp, image: grey }
}
