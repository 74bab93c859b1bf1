import { onScopeDispose, shallowRef, watch } from 'vue'
import type { Neighbours } from '@shared/contract/beside'
import type { QueueItem } from '@shared/contract/records'
import { api } from '../api'
import { afterShown } from '../image/after-shown'
import { useAction } from './useAction'

/** Whoever goes on sooner looks at no neighbours: nothing is done for them. */
const REST_MS = 250

/** The nearest labelled galaxies of the one on screen, asked for once its image is there; null until they are known. The next galaxy ends the question. */
export function useNeighbours(item: () => QueueItem, annotator: () => string) {
  const neighbours = shallowRef<Neighbours | null>(null)
  let stop = new AbortController()
  const { run, error } = useAction(async ({ galaxyKey, imageUrl }: QueueItem, name: string, signal: AbortSignal) => {
    await afterShown(imageUrl, signal, REST_MS)
    if (signal.aborted) return
    const found = await api.neighbours(galaxyKey, name, signal)
    if (!signal.aborted) neighbours.value = found
  }, 'newest')
  watch(
    () => `${item().turn} ${annotator()}`,
    () => {
      stop.abort()
      stop = new AbortController()
      neighbours.value = null
      void run(item(), annotator(), stop.signal)
    },
    { immediate: true },
  )
  onScopeDispose(() => stop.abort())
  return { neighbours, error }
}
