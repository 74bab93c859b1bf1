import { defineStore } from 'pinia'
import { ref, watch } from 'vue'

export type Theme = 'dark' | 'light'

const key = (name: string) => `galaxy-desk.${name}`

/** What this person on this computer chose. It stays in the window and is no part of a project. */
export const useSettingsStore = defineStore('settings', () => {
  const annotator = ref(localStorage.getItem(key('annotator')) ?? '')
  const theme = ref<Theme>(localStorage.getItem(key('theme')) === 'light' ? 'light' : 'dark')

  watch(annotator, (name) => localStorage.setItem(key('annotator'), name))
  watch(
    theme,
    (name) => {
      localStorage.setItem(key('theme'), name)
      document.documentElement.dataset.theme = name
    },
    { immediate: true },
  )

  function toggleTheme(): void {
    theme.value = theme.value === 'dark' ? 'light' : 'dark'
  }

  return { annotator, theme, toggleTheme }
})
