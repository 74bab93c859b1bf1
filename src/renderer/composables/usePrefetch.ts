import { watch } from 'vue'

/** Loads and decodes the images at these addresses before they are needed. Those no longer wanted are let go. */
export function usePrefetch(addresses: () => readonly string[]): void {
  let kept = new Map<string, HTMLImageElement>()
  watch(
    addresses,
    (wanted) => {
      const before = kept
      kept = new Map(
        wanted.map((address) => {
          const image = before.get(address) ?? new Image()
          if (!before.has(address)) image.src = address
          return [address, image]
        }),
      )
      // An image that cannot be read says so when it is shown; here it is only not ready early.
      for (const image of kept.values()) image.decode?.().catch(() => undefined)
    },
    { immediate: true },
  )
}
