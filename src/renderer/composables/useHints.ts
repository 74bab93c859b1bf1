import { computed, watch } from 'vue'
import { useHintsStore, type Look } from '../stores/hints'
import { useLabellingStore } from '../stores/labelling'
import { useSettingsStore } from '../stores/settings'
import { useStatusStore } from '../stores/status'
import { useAction } from './useAction'
import type { LabelFlow } from './useLabelFlow'

/**
 * Asks for what the model predicts of the galaxy on screen once it may be seen: at once, or as its questions get their answers; and of the one that
 * was just completed and left the screen. Never of galaxies to come, and not while `isEnabled` says that nobody is labelling.
 */
export function useHints({ item, lastAnswered }: LabelFlow, isEnabled: () => boolean) {
  const status = useStatusStore()
  const settings = useSettingsStore()
  const labelling = useLabellingStore()
  const hints = useHintsStore()
  const setting = computed(() => labelling.settings?.hints ?? 'never')
  const reading = useAction(labelling.load, 'newest')
  const asking = useAction(async (look: Look) => hints.load(status.shownPath(), look, settings.annotator), 'newest')

  watch(
    () => status.project?.path,
    (path) => path !== undefined && void reading.run(),
    { immediate: true },
  )
  watch([() => status.project?.path, setting, () => settings.annotator], hints.clear, { immediate: true })
  /** Changes with everything that there is more to see after; empty while there is nothing to see. */
  const wanted = computed(() => {
    if (!item.value || setting.value === 'never' || !isEnabled()) return ''
    const { turn, answers, cannotTell } = item.value
    const said = setting.value === 'before' ? [''] : [...answers.map(({ question }) => question), ...cannotTell]
    return said.length === 0 ? '' : [setting.value, settings.annotator, turn, ...said].join(' ')
  })
  watch(wanted, (now) => now !== '' && void asking.run(item.value!), { immediate: true })
  watch(lastAnswered, (answered) => {
    const isGone = answered !== null && answered.turn !== item.value?.turn
    if (isGone && setting.value === 'after' && isEnabled()) void asking.run(answered)
  })

  return { setting, error: computed(() => reading.error.value ?? asking.error.value) }
}

export type ShownHints = ReturnType<typeof useHints>
