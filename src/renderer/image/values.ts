import { unpackPixels } from '@shared/contract/image'
import { planesOfValues, type Planes } from './planes'

/** Images with real values that are kept ready; one of 2,000 pixels and three bands takes 80 MB. */
const MOST_KEPT = 8
const MOST_BYTES = 256 * 2 ** 20

const kept = new Map<string, { planes: Promise<Planes | null>; bytes: number }>()

/**
 * The real values of a view of a galaxy; null where its file has no more than the picture shows, and where it cannot be read (the picture says so).
 * The latest ones are kept. `address` is that of the image: `/api/galaxies/7/image?view=1`.
 */
export function loadValues(address: string): Promise<Planes | null> {
  const found = kept.get(address)
  if (found) {
    kept.delete(address)
    kept.set(address, found)
    return found.planes
  }
  const entry = { planes: fetchValues(address), bytes: 0 }
  kept.set(address, entry)
  const settled = entry.planes.then((planes) => {
    if (planes) entry.bytes = planes.planes.length * planes.widthPx * planes.heightPx * 6
    forgetOldest()
    return planes
  })
  // Not ready is not the same as not there: it is asked for again next time.
  return settled.catch(() => {
    if (kept.get(address) === entry) kept.delete(address)
    return null
  })
}

function forgetOldest(): void {
  let bytes = Array.from(kept.values()).reduce((sum, entry) => sum + entry.bytes, 0)
  for (const [address, entry] of kept) {
    if (kept.size <= 1 || (kept.size <= MOST_KEPT && bytes <= MOST_BYTES)) return
    kept.delete(address)
    bytes -= entry.bytes
  }
}

async function fetchValues(address: string): Promise<Planes | null> {
  const response = await fetch(`${address.replace('/image?', '/pixels?')}&deep=true`, { credentials: 'same-origin' })
  if (response.status === 204) return null
  if (!response.ok) throw new Error(`${response.status}`)
  const { header, bands } = unpackPixels(await response.arrayBuffer())
  return planesOfValues(header, bands)
}
