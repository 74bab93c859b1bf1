import type { ProjectSummary } from '@shared/contract/records'
import type { SplitRequest } from '@shared/contract/requests'
import { computed, ref } from 'vue'

/** A part of the galaxies: a share or a count. */
export type Portion = { value: number; unit: 'percent' | 'galaxies' }

const countOf = ({ value, unit }: Portion, whole: number) => Math.min(whole, unit === 'percent' ? Math.round((value / 100) * whole) : value)
const requestOf = ({ value, unit }: Portion) => (unit === 'percent' ? value / 100 : value)

/**
 * The form of the split. Recorded votes cost nothing, so shares are offered; where the expert labels everything by hand, 30 test galaxies
 * (the fewest that Results reports on) and 30 to begin with.
 */
export function useSplitDraft(project: ProjectSummary) {
  const test = ref<Portion>(project.hasVotes ? { value: 20, unit: 'percent' } : { value: 30, unit: 'galaxies' })
  const initial = ref<Portion>(project.hasVotes ? { value: 25, unit: 'percent' } : { value: 30, unit: 'galaxies' })
  const seed = ref(1)

  const testCount = computed(() => countOf(test.value, project.counts.galaxies))
  const initialCount = computed(() => countOf(initial.value, project.counts.galaxies - testCount.value))
  const request = computed<SplitRequest>(() => ({ test: requestOf(test.value), initial: requestOf(initial.value), seed: seed.value }))

  return { test, initial, seed, testCount, initialCount, request }
}
