import type { GalaxyImage } from '@main/catalogue/views'
import { readGreyAndFile } from '@main/images/grey'
import { checksumOf, fileStamp } from './current-images'

/** A galaxy with the image that its file holds now. `checksum` and `stamp` are those of the file that was read. */
export type Decoded = GalaxyImage & { image: Uint8Array; stamp: string }

/** Images of `storedSizePx` in batches, the next batch being decoded while the caller works on this one. */
export async function* decodeBatches(galaxies: readonly GalaxyImage[], storedSizePx: number, batch: number): AsyncGenerator<Decoded[]> {
  const decode = (start: number) => {
    const decoded = Promise.all(galaxies.slice(start, start + batch).map((galaxy) => decodeOne(galaxy, storedSizePx)))
    // Awaited later; a failure until then is not unhandled.
    decoded.catch(() => undefined)
    return decoded
  }
  let next = galaxies.length > 0 ? decode(0) : null
  for (let start = 0; next !== null; start += batch) {
    const decoded = next
    next = start + batch < galaxies.length ? decode(start + batch) : null
    yield await decoded
  }
}

async function decodeOne(galaxy: GalaxyImage, storedSizePx: number): Promise<Decoded> {
  // Taken first: a file that is changed while it is read has another stamp the next time. One that is not there fails in the next line.
  const stamp = await fileStamp(galaxy.path).catch(() => '')
  const { grey, file } = await readGreyAndFile(galaxy.path, galaxy.id, storedSizePx)
  return { ...galaxy, checksum: checksumOf(file), stamp, image: grey }
}
