import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Agreement, Difference, PairAgreement } from '@shared/contract/quality'
import type { Answer } from '@shared/contract/records'
import { agreementSteps, isSettled } from '@shared/science/agreement/agreement-steps'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { api } from '../api'
import { latestRun } from '../latest'
import { useLabelsStore } from './labels'
import { useStatusStore } from './status'

const PAGE = 50

/** How far the annotators of the open project agree, and the galaxies on which they differ, as far as they are loaded. */
export const useAgreementStore = defineStore('agreement', () => {
  const status = useStatusStore()
  const labels = useLabelsStore()
  const agreement = shallowRef<Agreement | null>(null)
  /** Of two of more than two annotators, once they were chosen. */
  const pair = shallowRef<PairAgreement | null>(null)
  const differences = shallowRef<readonly Difference[]>([])
  const index = ref(0)
  const runs = latestRun()
  const comparisons = latestRun()
  const counts = latestRun()

  const current = computed(() => differences.value[index.value] ?? null)
  const hasMore = computed(() => differences.value.length < (agreement.value?.differing ?? 0))

  async function load(): Promise<void> {
    const isLatest = runs.begin()
    counts.begin()
    const [summary, page] = await Promise.all([api.agreement(), api.differences(0, PAGE)])
    if (!isLatest()) return
    agreement.value = summary
    differences.value = page.differences
    index.value = 0
  }

  function clear(): void {
    runs.begin()
    comparisons.begin()
    counts.begin()
    agreement.value = null
    pair.value = null
    differences.value = []
    index.value = 0
  }

  /** Of these two alone, or again of all. */
  async function compare(two: readonly [string, string] | null): Promise<void> {
    const isLatest = comparisons.begin()
    const compared = two === null ? null : await api.pairAgreement(...two)
    if (isLatest()) pair.value = compared
  }

  /** Reads the galaxies up to those after the ones that are there. What was settled meanwhile moved to the end: none comes twice. */
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
  async function resolve(annotator: string, answer: Answer, durationMs: number): Promise<boolean> {
    const { galaxyKey } = current.value!
    const { tree } = status.project!
    const request = { uuid: crypto.randomUUID(), galaxyKey, annotator, kind: 'resolve' as const, durationMs, ...answer }
    const written = await labels.write({ kind: 'label', request })
    if (written === null) return false
    // Another galaxy may be on screen by now, and stays there.
    const at = differences.value.findIndex((each) => each.galaxyKey === galaxyKey)
    const before = differences.value[at]
    if (!before) return true
    const after = { ...before, resolved: [...before.resolved, answer] }
    differences.value = differences.value.with(at, after)
    count(tree, before, after)
    return true
  }

  /**
   * Takes back the latest agreed answer of this annotator that stands, or brings back what they took back last, of whatever session, and shows
   * its galaxy. False when there is none.
   */
  async function takeBack(kind: 'undo' | 'redo', annotator: string): Promise<boolean> {
    const written = await labels.write({ kind, request: { uuid: crypto.randomUUID(), annotator, kind: 'resolve' } })
    const galaxyKey = written?.events[0]?.galaxyKey
    if (galaxyKey === undefined) return written === null
    const isLatest = runs.begin()
    const [difference] = (await api.differenceOf(galaxyKey)).differences
    const tree = status.project?.tree
    if (!difference || !tree || !isLatest()) return true
    const before = show(difference)
    if (before) count(tree, before, difference)
    else await recount()
    return true
  }

  /** Of a galaxy that is not loaded nobody here knows whether it was settled: all are counted anew. */
  async function recount(): Promise<void> {
    const isLatest = counts.begin()
    const summary = await api.agreement()
    if (isLatest()) agreement.value = summary
  }

  function count(tree: DecisionTree, before: Difference, after: Difference): void {
    const settled = (difference: Difference) => Number(isSettled(agreementSteps(tree, difference)))
    const more = settled(after) - settled(before)
    if (agreement.value) agreement.value = { ...agreement.value, resolved: agreement.value.resolved + more }
  }

  /** Brings a galaxy on screen as it is now. Gives it as it was; undefined for one that was not loaded. */
  function show(difference: Difference): Difference | undefined {
    const at = differences.value.findIndex(({ galaxyKey }) => galaxyKey === difference.galaxyKey)
    const before = differences.value[at]
    if (at !== -1) index.value = at
    differences.value = differences.value.toSpliced(index.value, at === -1 ? 0 : 1, difference)
    return before
  }

  return { agreement, pair, differences, index, current, hasMore, load, clear, compare, step, resolve, takeBack }
})
