import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { LabellingSettings } from '@shared/contract/labelling'
import { api } from '../api'
import { latestRun } from '../latest'
import { workLine } from '../work-line'
import { useStatusStore } from './status'

/** How the open project is labelled, by all its annotators; null until it was read. */
export const useLabellingStore = defineStore('labelling', () => {
  const status = useStatusStore()
  const settings = shallowRef<LabellingSettings | null>(null)
  const changes = latestRun()
  const projects = latestRun()
  /** What is read comes after the changes before it: the last answer is always the newest. */
  const inLine = workLine()
  /** As the server has it. */
  let saved: LabellingSettings | null = null
  /** Changes that are on their way. */
  let wanted: Partial<LabellingSettings> = {}

  function show(): void {
    settings.value = saved && { ...saved, ...wanted }
  }

  async function load(): Promise<void> {
    const isOpen = projects.current()
    const loaded = await inLine(api.labelling)
    if (!isOpen()) return
    saved = loaded
    show()
  }

  /**
   * Changes what is given in the project on screen; the server keeps the rest. Quick changes are made one after the other, each with those before it;
   * when the last one fails, what is not made is taken back.
   */
  async function change(given: Partial<LabellingSettings>): Promise<void> {
    const project = status.shownPath()
    const isLatest = changes.begin()
    const isOpen = projects.current()
    const asked = (wanted = { ...wanted, ...given })
    show()
    await inLine(async () => {
      try {
        const answer = await api.changeLabelling(project, asked)
        if (isOpen()) saved = answer
      } finally {
        if (isLatest()) wanted = {}
        show()
      }
    })
  }

  function clear(): void {
    changes.begin()
    projects.begin()
    saved = null
    wanted = {}
    show()
  }

  return { settings, load, change, clear }
})
