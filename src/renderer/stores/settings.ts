import { defineStore } from 'pinia'
import { computed, reactive, ref, toRefs, watch, type Ref } from 'vue'
import { keyActions } from '../keys/actions'
import { conflictOf, settledChanges, type KeyChanges } from '../keys/bindings'
import type { KeyAction } from '../keys/key-action'
import { readSettingsFile, settingsSchema, writeSettingsFile, type Settings } from '../settings-file'

const storageKey = 'galaxy-desk.settings'
/** Two windows may stand open for two annotators: each keeps its own, also when it is loaded again. */
const windowKey = 'galaxy-desk.annotator-of-window'

/** What was kept by this window, or by an earlier version of it under single names. What cannot be read is as if it was never set. */
function kept(): Settings {
  const text = localStorage.getItem(storageKey)
  const older = {
    annotator: localStorage.getItem('galaxy-desk.annotator') ?? '',
    theme: localStorage.getItem('galaxy-desk.theme') ?? undefined,
  }
  try {
    const settings = settingsSchema.parse(text === null ? older : JSON.parse(text))
    const annotator = sessionStorage.getItem(windowKey) ?? settings.annotator
    return { ...settings, annotator, keys: mutable(settledChanges(settings.keys)) }
  } catch {
    return settingsSchema.parse({})
  }
}

const mutable = (changes: KeyChanges): Settings['keys'] => Object.fromEntries(Object.entries(changes).map(([id, keys]) => [id, [...keys]]))

/** What the system is told to wish for, as it changes. */
function wishOf(query: string): Readonly<Ref<boolean>> {
  const media = window.matchMedia(query)
  const wish = ref(media.matches)
  media.addEventListener('change', ({ matches }) => (wish.value = matches))
  return wish
}

/** What this person on this computer chose. It stays in the window and is no part of a project. */
export const useSettingsStore = defineStore('settings', () => {
  const settings = reactive(kept())
  const prefersLight = wishOf('(prefers-color-scheme: light)')
  const prefersStillness = wishOf('(prefers-reduced-motion: reduce)')

  /** The theme on screen. */
  const shownTheme = computed(() => (settings.theme === 'system' ? (prefersLight.value ? 'light' : 'dark') : settings.theme))
  /** Whether nothing is to move by itself. */
  const isStill = computed(() => settings.motion === 'reduced' || prefersStillness.value)

  watch(settings, (now) => localStorage.setItem(storageKey, JSON.stringify(now)), { flush: 'sync' })
  watch(
    () => settings.annotator,
    (name) => sessionStorage.setItem(windowKey, name),
    { immediate: true, flush: 'sync' },
  )
  watch(shownTheme, (name) => (document.documentElement.dataset.theme = name), { immediate: true })
  watch(
    isStill,
    (isNow) => (document.documentElement.dataset.motion = isNow ? 'reduced' : 'full'),
    { immediate: true },
  )
  watch(
    () => settings.textPercent,
    (percent) => (document.documentElement.style.fontSize = percent === 100 ? '' : `${percent}%`),
    { immediate: true },
  )

  function toggleTheme(): void {
    settings.theme = shownTheme.value === 'dark' ? 'light' : 'dark'
  }

  /** Gives an action other keys; null when done, else the action that has one of them: nothing is changed then. */
  function bind(id: string, keys: readonly string[]): KeyAction | null {
    const other = conflictOf(id, keys, settings.keys as KeyChanges)
    if (other === null) settings.keys = { ...settings.keys, [id]: [...keys] }
    return other
  }

  /** The keys of the start again: of one action, where no other has taken them meanwhile, or of all. */
  function unbind(id?: string): KeyAction | null {
    if (id === undefined) {
      settings.keys = {}
      return null
    }
    const first = keyActions.find((action) => action.id === id)?.keys ?? []
    const other = conflictOf(id, first, settings.keys as KeyChanges)
    if (other === null) settings.keys = Object.fromEntries(Object.entries(settings.keys).filter(([known]) => known !== id))
    return other
  }

  const exportText = () => writeSettingsFile({ ...settings })
  /** Throws what `readSettingsFile` throws, and changes nothing then. */
  const importText = (text: string) => void Object.assign(settings, readSettingsFile(text))

  return { ...toRefs(settings), shownTheme, isStill, toggleTheme, bind, unbind, exportText, importText }
})
