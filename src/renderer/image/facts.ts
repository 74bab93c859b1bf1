import { imageFactsSchema, type ImageFacts } from '@shared/contract/image'

const MOST_KEPT = 64
const kept = new Map<string, Promise<ImageFacts | null>>()

/** What the file of an image says of itself, by the address of the image; null where it cannot be read (the picture says so). */
export function loadFacts(address: string): Promise<ImageFacts | null> {
  const found = kept.get(address)
  if (found) return found
  const facts = fetchFacts(address).catch(() => {
    // Not ready is not the same as not there: it is asked for again next time.
    kept.delete(address)
    return null
  })
  kept.set(address, facts)
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break
    kept.delete(oldest)
  }
  return facts
}

async function fetchFacts(address: string): Promise<ImageFacts> {
  const response = await fetch(address.replace('/image?', '/facts?'), { credentials: 'same-origin' })
  if (!response.ok) throw new Error(`${response.status}`)
  return imageFactsSchema.parse(await response.json())
}
