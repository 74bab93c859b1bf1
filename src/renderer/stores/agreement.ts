import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Agreement, Difference } from '@shared/contract/quality'
import type { Answer, LabelEvent } from '@shared/contract/records'
import { api } from '../api'
import { latestRun } from '../latest'
import { useLabelsStore } from './labels'

const PAGE = 50

/** How far the annotators of the open project agree, and the galaxies on which they differ, as far as they are loaded. */
export const useAgreementStore = defineStore('agreement', () => {
  const labels = useLabelsStore()
  const agreement = shallowRef<Agreement | null>(null)
  const differences = shallowRef<readonly Difference[]>([])
  const index = ref(0)
  const runs = latestRun()

  const current = computed(() => differences.value[index.value] ?? null)
  const hasMore = computed(() => differences.value.length < (agreement.value?.differing ?? 0))

  async function load(): Promise<void> {
    const isLatest = runs.begin()
    const [summary, page] = await Promise.all([api.agreement(), api.differences(0, PAGE)])
    if (!isLatest()) return
    agreement.value = summary
    differences.value = page.differences
    index.value = 0
  }

  function clear(): void {
    runs.begin()
    agreement.value = null
    differences.value = []
    index.value = 0
  }

  /** Reads the galaxies up to those after the ones that are there. What was resolved meanwhile moved to the end: none comes twice. */
  async function loadMore(): Promise<void> {
    const isLatest = runs.begin()
    const known = new Set(differences.value.map(({ galaxyKey }) => galaxyKey))
    const added: Difference[] = []
    for (let offset = 0; added.length < PAGE; offset += PAGE) {
      const page = (await api.differences(offset, PAGE)).differences
      added.push(...page.filter(({ galaxyKey }) => !known.has(galaxyKey)))
      if (page.length < PAGE) break
    }
    if (isLatest()) differences.value = [...differences.value, ...added]
  }

  async function step(by: 1 | -1): Promise<void> {
    if (by === 1 && index.value === differences.value.length - 1 && hasMore.value) await loadMore()
    index.value = Math.max(0, Math.min(differences.value.length - 1, index.value + by))
  }

  /** Writes the agreed answer to a question of the galaxy on screen. Whether it was saved; see [Note: Saved means committed]. */
  async function resolve(annotator: string, answer: Answer): Promise<boolean> {
    const { galaxyKey } = current.value!
    const request = { uuid: crypto.randomUUID(), galaxyKey, annotator, kind: 'resolve' as const, ...answer }
    const written = await labels.write({ kind: 'label', request })
    if (written) show(galaxyKey, (resolved) => [...resolved, answer])
    return written !== null
  }

  /** Takes back the latest agreed answer of this annotator that stands, and shows its galaxy. False when there is none. */
  async function undo(annotator: string): Promise<boolean> {
    const latest = await latestResolve(annotator)
    if (latest === null) return false
    const { galaxyKey, question, answer } = latest
    const request = { uuid: crypto.randomUUID(), galaxyKey, annotator, kind: 'undo' as const, undoes: await tailOf(latest) }
    if (!(await labels.write({ kind: 'label', request }))) return true
    const isTaken = (each: Answer) => each.question === question && each.answer === answer
    if (!show(galaxyKey, (resolved) => resolved.toSpliced(resolved.findLastIndex(isTaken), 1))) await showUnloaded(galaxyKey)
    return true
  }

  /** Changes what is agreed on a galaxy, as it was committed, and brings it on screen. False when it is not loaded. */
  function show(galaxyKey: number, change: (resolved: readonly Answer[]) => Answer[]): boolean {
    const at = differences.value.findIndex((known) => known.galaxyKey === galaxyKey)
    if (at === -1) return false
    const before = differences.value[at]!
    const resolved = change(before.resolved)
    const more = Number(resolved.length > 0) - Number(before.resolved.length > 0)
    if (agreement.value) agreement.value = { ...agreement.value, resolved: agreement.value.resolved + more }
    differences.value = differences.value.with(at, { ...before, resolved })
    index.value = at
    return true
  }

  async function showUnloaded(galaxyKey: number): Promise<void> {
    const isLatest = runs.begin()
    const [summary, difference] = await Promise.all([api.agreement(), findDifference(galaxyKey)])
    if (!isLatest()) return
    agreement.value = summary
    if (difference) differences.value = differences.value.toSpliced(index.value, 0, difference)
  }

  return { agreement, differences, index, current, hasMore, load, clear, step, resolve, undo }
})

async function findDifference(galaxyKey: number): Promise<Difference | null> {
  for (let offset = 0; ; offset += PAGE) {
    const { differences } = await api.differences(offset, PAGE)
    const found = differences.find((each) => each.galaxyKey === galaxyKey)
    if (found || differences.length < PAGE) return found ?? null
  }
}

async function latestResolve(annotator: string): Promise<LabelEvent | null> {
  for (let before: number | undefined; ;) {
    const { entries, next } = await api.history({ annotator, ...(before === undefined ? {} : { before }) })
    const found = entries.find(({ kind, stands }) => kind === 'resolve' && stands)
    if (found || next === null) return found ?? null
    before = next
  }
}

/** What an undo must name: the entry itself, or the latest of what brought it back after it was taken back. */
async function tailOf({ uuid, galaxyKey }: LabelEvent): Promise<string> {
  const { events } = await api.logOf(galaxyKey)
  const undoneBy = new Map(events.flatMap((event) => (event.undoes === null ? [] : [[event.undoes, event.uuid] as const])))
  let tail = uuid
  for (let next = undoneBy.get(tail); next !== undefined; next = undoneBy.get(tail)) tail = next
  return tail
}
