import type { GalaxyImage } from '@main/catalogue/views'
import { readGrey } from '@main/images/grey'

export type DecodedBatch = { galaxies: readonly GalaxyImage[]; images: readonly Uint8Array[] }

/** Images of `storedSizePx` in batches, the next batch being decoded while the caller works on this one. */
export async function* decodeBatches(galaxies: readonly GalaxyImage[], storedSizePx: number, batch: number): AsyncGenerator<DecodedBatch> {
  const decode = (start: number) => {
    const part = galaxies.slice(start, start + batch)
    const images = Promise.all(part.map(({ path, id }) => readGrey(path, id, storedSizePx)))
    // Awaited later; a failure until then is not unhandled.
    images.catch(() => undefined)
    return { part, images }
  }
  let next = galaxies.length > 0 ? decode(0) : null
  for (let start = 0; next !== null; start += batch) {
    const { part, images } = next
    next = start + batch < galaxies.length ? decode(start + batch) : null
    yield { galaxies: part, images: await images }
  }
}
