import { readonly, shallowRef, watch } from 'vue'
import type { ImageFacts } from '@shared/contract/image'
import { whenIdle } from '../image/after-shown'
import { loadFacts } from '../image/facts'

const WITHIN_MS = 200

/** What the file of the image on screen says of itself: null until `load`, which waits until the image, that somebody waits for, is drawn. */
export function useImageFacts(address: () => string) {
  const facts = shallowRef<ImageFacts | null>(null)
  watch(address, () => (facts.value = null), { flush: 'sync' })

  async function load(): Promise<void> {
    const of = address()
    await whenIdle(WITHIN_MS)
    if (of !== address()) return
    const found = await loadFacts(of)
    if (of === address()) facts.value = found
  }

  return { facts: readonly(facts), load }
}
