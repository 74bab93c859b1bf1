import { watch } from 'vue'
import { prefetchAddresses } from '../image/prefetch'

/** Loads and decodes the images at these addresses before they are needed. Those no longer wanted are let go. */
export function usePrefetch(addresses: () => readonly string[]): void {
  watch(addresses, prefetchAddresses, { immediate: true })
}
