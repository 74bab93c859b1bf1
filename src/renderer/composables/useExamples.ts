import { onScopeDispose, ref, watch } from 'vue'
import type { QueueItem } from '@shared/contract/records'
import { afterShown } from '../image/after-shown'
import { useExamplesStore } from '../stores/examples'
import { useSettingsStore } from '../stores/settings'
import { useStatusStore } from '../stores/status'
import { useAction } from './useAction'
import { useKeys } from './useKeys'

/** The examples of the answers while a galaxy is labelled: read once the image is there, and again when something changes that they are made of. */
export function useExamples(item: () => QueueItem | null) {
  const status = useStatusStore()
  const settings = useSettingsStore()
  const store = useExamplesStore()
  const isLarge = ref(false)
  let stop = new AbortController()

  const loading = useAction(async (annotator: string, signal: AbortSignal) => {
    await afterShown(item()?.imageUrl ?? null, signal)
    if (!signal.aborted) await store.load(annotator, signal)
  }, 'newest')
  watch(
    () => {
      const { path, openRound, counts } = status.project ?? {}
      return JSON.stringify([path, openRound, counts?.galaxies, counts?.withVotes, counts?.test, settings.annotator, item()?.isStarred])
    },
    () => {
      stop.abort()
      stop = new AbortController()
      store.enter(status.project?.path ?? '')
      if (status.project && settings.annotator !== '') void loading.run(settings.annotator, stop.signal)
    },
    { immediate: true },
  )
  onScopeDispose(() => stop.abort())
  useKeys('label', { examples: store.toggle, 'examples-large': () => (isLarge.value = true) })
  return { store, isLarge, error: loading.error }
}
