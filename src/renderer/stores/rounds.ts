import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { RoundRecord } from '@shared/contract/records'
import { api } from '../api'
import { latestRun } from '../latest'

/** The rounds of the open project with their models, oldest first. */
export const useRoundsStore = defineStore('rounds', () => {
  const rounds = shallowRef<readonly RoundRecord[]>([])
  /** Whether the learning curve is drawn against the minutes of the experts, not the galaxies. */
  const isByMinutes = ref(false)
  const runs = latestRun()

  /** Every model with its round's number, oldest first. */
  const models = computed(() => rounds.value.flatMap(({ models }) => models))
  const open = computed(() => rounds.value.find(({ isOpen }) => isOpen) ?? null)

  async function load(): Promise<void> {
    const isLatest = runs.begin()
    const { rounds: loaded } = await api.rounds()
    if (isLatest()) rounds.value = loaded.toSorted((a, b) => a.number - b.number)
  }

  function clear(): void {
    runs.begin()
    rounds.value = []
  }

  return { rounds, models, open, isByMinutes, load, clear }
})
