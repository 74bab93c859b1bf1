import { computed, onMounted, onUnmounted, ref, watch } from 'vue'
import { useLabelsStore } from '../stores/labels'
import { useSettingsStore } from '../stores/settings'
import { useStatusStore } from '../stores/status'
import { api } from '../api'

/** Labels further apart than this belong to two stretches of work. */
const REST_MS = 5 * 60_000
const LOOK_EVERY_MS = 15_000

/**
 * The clock of one stretch of labelling: it can be stopped, and after the minutes that the project's settings name it suggests a break, unless the
 * user turned that off. A break taken, or five minutes without a label, begin a new stretch.
 */
export function useLabelClock(now: () => number = () => Date.now()) {
  const labels = useLabelsStore()
  const settings = useSettingsStore()
  const status = useStatusStore()
  const isPaused = ref(false)
  const startedAt = ref<number | null>(null)
  const time = ref(now())
  const breakMinutes = ref(0)
  let lastAt = 0

  watch(
    () => labels.lastSaved,
    (event) => {
      if (event === null) return
      if (startedAt.value === null || now() - lastAt > REST_MS) startedAt.value = now()
      lastAt = now()
    },
  )
  watch(
    () => status.project?.path,
    async (path) => {
      // Without an answer there is no reminder, and nothing else depends on it.
      if (path !== undefined) breakMinutes.value = (await api.labelling().catch(() => null))?.breakMinutes ?? 0
    },
    { immediate: true },
  )

  const minutes = computed(() => (startedAt.value === null ? 0 : (time.value - startedAt.value) / 60_000))
  const suggestsBreak = computed(() => settings.hasBreaks && breakMinutes.value > 0 && minutes.value >= breakMinutes.value)

  function toggle(): void {
    isPaused.value = !isPaused.value
    if (isPaused.value) startedAt.value = null
  }
  function later(): void {
    startedAt.value = now()
    time.value = now()
  }
  function never(): void {
    settings.hasBreaks = false
  }

  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => (timer = setInterval(() => (time.value = now()), LOOK_EVERY_MS)))
  onUnmounted(() => clearInterval(timer))
  return { isPaused, minutes, suggestsBreak, toggle, later, never }
}

export type LabelClock = ReturnType<typeof useLabelClock>
