import { ref, watch, type Ref } from 'vue'
import { useSettingsStore } from '../stores/settings'

/** The size of 1 rem in CSS pixels, as the size of text is set; for rows that have to be counted in pixels. */
export function useRem(): Readonly<Ref<number>> {
  const settings = useSettingsStore()
  const remPx = ref(0)
  watch(
    () => settings.textPercent,
    () => (remPx.value = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16),
    // After the settings have set it.
    { immediate: true, flush: 'post' },
  )
  return remPx
}
