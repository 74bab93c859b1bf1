import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { LabellingSettings } from '@shared/contract/labelling'
import { api } from '../api'
import { latestRun } from '../latest'
import { workLine } from '../work-line'

/** How the open project is labelled, by all its annotators; null until it was read. */
export const useLabellingStore = defineStore('labelling', () => {
  const settings = shallowRef<LabellingSettings | null>(null)
  const runs = latestRun()
  const projects = latestRun()
  const inLine = workLine()
  /** As the server has it. */
  let saved: LabellingSettings | null = null
  /** Changes that are on their way. */
  let wanted: Partial<LabellingSettings> = {}

  async function load(): Promise<void> {
    const isLatest = runs.begin()
    const loaded = await api.labelling()
    if (isLatest()) settings.value = saved = loaded
  }

  /**
   * Changes what is given and keeps the rest, as the server has it now: another window may have changed it. Quick changes are made one after the other;
   * one that fails takes those back that are not made yet.
   */
  async function change(changes: Partial<LabellingSettings>): Promise<void> {
    const isLatest = runs.begin()
    const isOpen = projects.current()
    wanted = { ...wanted, ...changes }
    if (settings.value) settings.value = { ...settings.value, ...changes }
    await inLine(async () => {
      if (!isOpen()) return
      try {
        const answer = await api.setLabelling({ ...(await api.labelling()), ...wanted })
        if (isOpen()) saved = answer
      } finally {
        if (isLatest()) {
          wanted = {}
          settings.value = saved
        }
      }
    })
  }

  function clear(): void {
    runs.begin()
    projects.begin()
    wanted = {}
    settings.value = saved = null
  }

  return { settings, load, change, clear }
})
