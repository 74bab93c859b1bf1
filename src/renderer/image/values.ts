import { loadFacts } from './facts'
import { holdImage, type HeldImage } from './pixel-thread'

/** Images with real values that are kept ready; one of 2,000 pixels and three bands takes 72 MB. */
const MOST_KEPT = 8
const MOST_BYTES = 256 * 2 ** 20
/** A value, and its code in the other thread. */
const BYTES_PER_VALUE = 6

type Entry = { readonly image: Promise<HeldImage | null>; bytes: number; users: number }
const kept = new Map<string, Entry>()

/**
 * The real values of a view of a galaxy; null where its file has no more than the picture shows, and where it cannot be read (the picture says so).
 * The latest ones are kept, and those in use. `address` is that of the image: `/api/galaxies/7/image?view=1`.
 */
export function loadValues(address: string): Promise<HeldImage | null> {
  const found = kept.get(address)
  if (found) {
    kept.delete(address)
    kept.set(address, found)
    return found.image
  }
  const forget = () => {
    // Not ready is not the same as not there: it is asked for again next time.
    if (kept.get(address) === entry) kept.delete(address)
    return null
  }
  const image = loadFacts(address).then((facts) => (facts === null ? forget() : facts.hasValues ? holdImage(address, 'values') : null))
  const entry: Entry = { image: image.catch(forget), bytes: 0, users: 0 }
  kept.set(address, entry)
  return entry.image.then((held) => {
    if (held) entry.bytes = held.planes.planes.length * held.planes.widthPx * held.planes.heightPx * BYTES_PER_VALUE
    forgetOldest()
    return held
  })
}

/** Says that an image is on screen, so that it stays. Gives what says that it is no more. */
export function useValues(address: string): () => void {
  const entry = kept.get(address)
  if (!entry) return () => undefined
  entry.users++
  let isUsed = true
  return () => {
    if (isUsed) entry.users--
    isUsed = false
    forgetOldest()
  }
}

function forgetOldest(): void {
  let bytes = Array.from(kept.values()).reduce((sum, entry) => sum + entry.bytes, 0)
  for (const [address, entry] of kept) {
    if (kept.size <= 1 || (kept.size <= MOST_KEPT && bytes <= MOST_BYTES)) return
    // Those that are still read have no size yet; they are looked at when they come.
    if (entry.users > 0 || (entry.bytes === 0 && kept.size <= MOST_KEPT)) continue
    kept.delete(address)
    bytes -= entry.bytes
    void entry.image.then((held) => held?.drop())
  }
}
