import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { LabellingSettings } from '@shared/contract/labelling'
import { api } from '../api'
import { latestRun } from '../latest'

/** How the open project is labelled, by all its annotators; null until it was read. */
export const useLabellingStore = defineStore('labelling', () => {
  const settings = shallowRef<LabellingSettings | null>(null)
  const runs = latestRun()

  async function load(): Promise<void> {
    const isLatest = runs.begin()
    const loaded = await api.labelling()
    if (isLatest()) settings.value = loaded
  }

  /** Changes what is given and keeps the rest, as the server has it now: another window may have changed it. */
  async function change(changes: Partial<LabellingSettings>): Promise<void> {
    const isLatest = runs.begin()
    const saved = await api.setLabelling({ ...(await api.labelling()), ...changes })
    if (isLatest()) settings.value = saved
  }

  function clear(): void {
    runs.begin()
    settings.value = null
  }

  return { settings, load, change, clear }
})
