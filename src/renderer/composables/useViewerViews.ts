import { computed, ref, shallowRef, watch, type ComputedRef } from 'vue'
import type { GalaxyContext } from '@shared/contract/labelling'
import { api } from '../api'
import { latestRun } from '../latest'
import { useSettingsStore } from '../stores/settings'
import type { ViewerSettings } from '../image/viewer-settings'

export type FurtherView = GalaxyContext['views'][number]

/**
 * The further images of a galaxy, read once somebody wants to see one. `second` is the one that is shown, null for none; `notice` says why there is
 * none where one was asked for. The number of the view is kept from galaxy to galaxy.
 */
export function useViewerViews(
  galaxyKey: () => number,
  settings: ViewerSettings,
): { second: ComputedRef<FurtherView | null>; notice: ComputedRef<string>; next: () => Promise<void> } {
  const own = useSettingsStore()
  const views = shallowRef<readonly FurtherView[] | null>(null)
  const hasFailed = ref(false)
  const runs = latestRun()

  async function load(): Promise<void> {
    if (views.value) return
    const isLatest = runs.begin()
    hasFailed.value = false
    try {
      const context = await api.galaxy(galaxyKey(), own.annotator, { votes: false, others: false, columns: false })
      if (isLatest()) views.value = context.views.filter(({ view }) => view > 1)
    } catch {
      // The galaxy itself stays on screen; the notice below says that its further views did not come.
      if (isLatest()) hasFailed.value = true
    }
  }

  /** Off, the first further view, the second, …, off. */
  async function next(): Promise<void> {
    await load()
    const numbers = views.value?.map(({ view }) => view) ?? []
    const at = settings.secondView === null ? -1 : numbers.indexOf(settings.secondView)
    if (settings.secondView !== null && at === -1) settings.secondView = null
    else settings.secondView = numbers[at + 1] ?? (numbers.length === 0 ? 2 : null)
  }

  watch(
    galaxyKey,
    () => {
      runs.begin()
      views.value = null
      if (settings.secondView !== null) void load()
    },
    { immediate: true },
  )
  const second = computed(() => views.value?.find(({ view }) => view === settings.secondView) ?? null)
  const notice = computed(() => {
    if (settings.secondView === null || second.value) return ''
    if (hasFailed.value) return 'The further views could not be read.'
    return views.value ? `This galaxy has no view ${settings.secondView}.` : ''
  })
  return { second, notice, next }
}
