import { watch } from 'vue'
import { whenIdle } from '../image/after-shown'
import { prefetch } from '../image/prefetch'

/** Sooner than anybody goes on: what comes next is to be there. */
const MOST_MS = 100

/**
 * Loads and decodes the images at these addresses before they are needed, once what is on screen is drawn. Those no longer wanted are let go.
 */
export function usePrefetch(addresses: () => readonly string[]): void {
  let isAsked = false
  async function prefetchSoon(): Promise<void> {
    if (isAsked) return
    isAsked = true
    await whenIdle(MOST_MS)
    isAsked = false
    prefetch(addresses())
  }
  watch(addresses, prefetchSoon, { immediate: true })
}
