import { computed, reactive, watch, type ComputedRef } from 'vue'
import type { Look } from '../image/compose'
import { wanted } from '../image/prefetch'
import { keepViewerSettings, readViewerSettings, viewerSettingsSchema, type ViewerSettings } from '../image/viewer-settings'
import { useStatusStore } from '../stores/status'

/** How images of the open project are shown: `settings` may be changed, and is kept with every change; `look` is its part about the pixels. */
export function useViewerSettings(): { settings: ViewerSettings; look: ComputedRef<Look>; reset: () => void } {
  const status = useStatusStore()
  const path = computed(() => status.project?.path ?? '')
  const settings = reactive(readViewerSettings(path.value))
  watch(path, (project) => Object.assign(settings, readViewerSettings(project)), { flush: 'sync' })
  watch(
    settings,
    (now) => {
      keepViewerSettings(path.value, now)
      wanted.values = now.stretch !== 'picture'
    },
    { immediate: true, flush: 'sync' },
  )
  const look = computed((): Look => {
    const { stretch, range, isPerBand, black, white, isInverted, isGrey, channels } = settings
    return { stretch, range, isPerBand, black, white, isInverted, isGrey, channels: [...channels] }
  })
  /** The image alone, as it is; which controls and views are open stays. */
  function reset(): void {
    const { hasControls, hasModelView, secondView, isBlinking } = settings
    Object.assign(settings, viewerSettingsSchema.parse({ hasControls, hasModelView, secondView, isBlinking }))
  }
  return { settings, look, reset }
}
