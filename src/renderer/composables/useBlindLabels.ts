import { computed, watch, type ComputedRef } from 'vue'
import { useLabellingStore } from '../stores/labelling'
import { useStatusStore } from '../stores/status'
import { useAction } from './useAction'

/** Whether answers of the open project are given before the annotator has seen what the model predicts; so it is until its settings were read. */
export function useBlindLabels(): ComputedRef<boolean> {
  const status = useStatusStore()
  const labelling = useLabellingStore()
  // Where they cannot be read, it is warned for nothing.
  const reading = useAction(labelling.load, 'newest')
  watch(
    () => status.project?.path,
    (path) => path !== undefined && void reading.run(),
    { immediate: true },
  )
  return computed(() => labelling.settings?.hints !== 'before')
}
