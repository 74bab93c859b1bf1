import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Quality } from '@shared/contract/quality'
import { api } from '../api'
import { latestRun } from '../latest'

/** How well and how fast one annotator of the open project works. */
export const useQualityStore = defineStore('quality', () => {
  const quality = shallowRef<Quality | null>(null)
  const annotators = shallowRef<readonly string[]>([])
  const runs = latestRun()

  /** Reads who has labelled and the figures of one of them: of `preferred` if they labelled, else of the first. Null when nobody did. */
  async function load(preferred: string): Promise<void> {
    const isLatest = runs.begin()
    const names = (await api.annotators()).annotators
    const name = names.includes(preferred) ? preferred : names[0]
    const loaded = name === undefined ? null : await api.quality(name)
    if (!isLatest()) return
    annotators.value = names
    quality.value = loaded
  }

  function clear(): void {
    runs.begin()
    quality.value = null
    annotators.value = []
  }

  return { quality, annotators, load, clear }
})
