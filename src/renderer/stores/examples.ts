import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Example, Examples } from '@shared/contract/beside'
import { answerName } from '@shared/science/tree/decision-tree'
import { api } from '../api'
import { keepChoice, readChoice } from '../beside-choices'
import { latestRun } from '../latest'

/** Examples beside one answer. */
const SHOWN = 3

/** Galaxies of the open project that show each answer, for one annotator, and whether they stand beside the answers. */
export const useExamplesStore = defineStore('examples', () => {
  const examples = shallowRef<Examples | null>(null)
  const project = ref('')
  const choice = ref<boolean | null>(null)
  const runs = latestRun()

  /** Unless somebody chose otherwise, where there are votes. */
  const isOn = computed(() => choice.value ?? (examples.value?.minVotes ?? null) !== null)

  /** Those of another project are gone at once; those of this one stay until the new ones are there. */
  function enter(path: string): void {
    if (path === project.value) return
    runs.begin()
    project.value = path
    choice.value = readChoice('examples', path)
    examples.value = null
  }

  async function load(annotator: string, signal: AbortSignal): Promise<void> {
    const isLatest = runs.begin()
    const loaded = await api.examples(annotator, signal)
    if (isLatest()) examples.value = loaded
  }

  function toggle(): void {
    choice.value = !isOn.value
    keepChoice('examples', project.value, choice.value)
  }

  /** Those of an answer, without the galaxy on screen. */
  function of(question: string, answer: string, galaxyKey: number): readonly Example[] {
    const known = examples.value?.answers[answerName(question, answer)] ?? []
    return known.filter((example) => example.galaxyKey !== galaxyKey).slice(0, SHOWN)
  }

  return { examples, isOn, enter, load, toggle, of }
})
