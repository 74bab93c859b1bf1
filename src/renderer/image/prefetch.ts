import { loadValues } from './values'

/** Whether the real values are on screen, so that those of the next galaxies are wanted too. Set by the viewer. */
export const wanted = { values: false }

let kept = new Map<string, HTMLImageElement>()

/**
 * Loads and decodes the images at these addresses, and where real values are on screen those too, before they are needed. Call it with what comes
 * next, nearest first, whenever that changes; those no longer named are let go.
 */
export function prefetch(addresses: readonly string[]): void {
  const before = kept
  kept = new Map(
    addresses.map((address) => {
      const image = before.get(address) ?? new Image()
      if (!before.has(address)) image.src = address
      return [address, image]
    }),
  )
  // An image that cannot be read says so when it is shown; here it is only not ready early. Decoding runs in the browser's own threads.
  for (const image of kept.values()) image.decode?.().catch(() => undefined)
  if (wanted.values) for (const address of addresses.slice(0, 2)) void loadValues(address)
}
