import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Queue, QueueItem } from '@shared/contract/records'
import { api } from '../api'
import { latestRun } from '../latest'

const isOpen = (item: QueueItem) => !item.isComplete && !item.isSkipped

/** The galaxies of the open round in their order, and the one on screen. */
export const useQueueStore = defineStore('queue', () => {
  const queue = shallowRef<Queue | null>(null)
  const index = ref(0)
  const runs = latestRun()

  const items = computed(() => queue.value?.items ?? [])
  const current = computed(() => items.value[index.value] ?? null)
  const total = computed(() => queue.value?.total ?? 0)
  const complete = computed(() => queue.value?.complete ?? 0)
  const skipped = computed(() => items.value.filter(({ isSkipped, isComplete }) => isSkipped && !isComplete).length)
  /** Image addresses of the galaxies that come next. */
  const upcoming = computed(() =>
    items.value
      .slice(index.value + 1)
      .filter(isOpen)
      .slice(0, 6)
      .flatMap(({ imageUrl }) => imageUrl ?? []),
  )

  /** Reads the queue and stands at the first galaxy that is still to do, or past the end. */
  async function load(annotator: string): Promise<void> {
    const isLatest = runs.begin()
    const loaded = await api.queue(annotator)
    if (!isLatest()) return
    queue.value = loaded
    const first = loaded.items.findIndex(isOpen)
    index.value = first === -1 ? loaded.items.length : first
  }

  function clear(): void {
    runs.begin()
    queue.value = null
    index.value = 0
  }

  /** Puts a galaxy's state after a commit in its place. One that is not in the queue, of an earlier round, is shown before the current one. */
  function replace(item: QueueItem): void {
    if (!queue.value) return
    const at = queue.value.items.findIndex(({ galaxyKey }) => galaxyKey === item.galaxyKey)
    if (at === -1) {
      queue.value = { ...queue.value, items: queue.value.items.toSpliced(index.value, 0, item) }
      return
    }
    const gained = Number(item.isComplete) - Number(queue.value.items[at]!.isComplete)
    queue.value = { ...queue.value, complete: queue.value.complete + gained, items: queue.value.items.with(at, item) }
  }

  function show(galaxyKey: number): void {
    const at = items.value.findIndex((item) => item.galaxyKey === galaxyKey)
    if (at !== -1) index.value = at
  }

  /** Steps by one, done or not; one step past the last is the end of the queue. */
  function step(by: 1 | -1): void {
    index.value = Math.min(items.value.length, Math.max(0, index.value + by))
  }

  /** Goes on to the next galaxy that is still to do: after this one, else from the start, else past the end. */
  function advance(): void {
    const after = items.value.findIndex((item, at) => at > index.value && isOpen(item))
    const anywhere = after === -1 ? items.value.findIndex(isOpen) : after
    index.value = anywhere === -1 ? items.value.length : anywhere
  }

  function showFirstSkipped(): void {
    const at = items.value.findIndex(({ isSkipped, isComplete }) => isSkipped && !isComplete)
    if (at !== -1) index.value = at
  }

  return { queue, index, items, current, total, complete, skipped, upcoming, load, clear, replace, show, step, advance, showFirstSkipped }
})
