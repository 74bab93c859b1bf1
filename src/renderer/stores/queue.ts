import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { QueueProgress, QueueTurn } from '@shared/contract/records'
import type { Written } from '@shared/contract/labelling'
import { api } from '../api'
import { latestRun } from '../latest'

const PAGE = 60
/** So many galaxies before the end of what is loaded, the next page is asked for. */
const AHEAD = 20
const END = Number.MAX_SAFE_INTEGER
/** The most that the server gives at once; what comes after is further away than anybody gets before the next time. */
const MOST_UPDATED = 500

/** What this annotator has said of a galaxy. */
const entriesOf = ({ answers, cannotTell, isSkipped, isFlagged, isStarred, notes }: QueueTurn): string =>
  JSON.stringify([answers, cannotTell, isSkipped, isFlagged, isStarred, notes])
const isOpen = (item: QueueTurn) => !item.isComplete && !item.isSkipped

/**
 * The galaxies of the open round in their order, as far as they are loaded, and the one on screen. A round may hold hundreds of thousands: the
 * store keeps one stretch of the queue without gaps, lengthens it at its ends, and begins another where the next open galaxy is far away.
 */
export const useQueueStore = defineStore('queue', () => {
  const round = ref<number | null>(null)
  const progress = shallowRef<QueueProgress>({ total: 0, complete: 0, skipped: 0 })
  const items = shallowRef<readonly QueueTurn[]>([])
  const index = ref(0)
  const hasMore = ref(false)
  const runs = latestRun()
  let [annotator, project] = ['', '']
  let lengthening: Promise<void> | null = null
  /** How often this window itself put galaxies in their places: what the server had read before that is older. */
  let taken = 0
  /** Counts how often the galaxy on screen was answered from elsewhere. */
  const changesElsewhere = ref(0)

  const current = computed(() => items.value[index.value] ?? null)
  const total = computed(() => progress.value.total)
  const complete = computed(() => progress.value.complete)
  const skipped = computed(() => progress.value.skipped)
  /** Image addresses of the galaxies that come next. */
  const upcoming = computed(() =>
    items.value
      .slice(index.value + 1)
      .filter(isOpen)
      .slice(0, 6)
      .flatMap(({ imageUrl }) => imageUrl ?? []),
  )

  /** Shows the queue from a position on; at the end, or where nothing is left to do, its last galaxies with none on screen. Whether it came to that. */
  async function showFrom(position: number | null): Promise<boolean> {
    const isLatest = runs.begin()
    const loaded = await api.queue(annotator, position === null ? { before: END, limit: PAGE } : { from: position, limit: PAGE })
    if (!isLatest()) return false
    round.value = loaded.round
    progress.value = { total: loaded.total, complete: loaded.complete, skipped: loaded.skipped }
    items.value = loaded.items
    hasMore.value = position !== null && loaded.items.length === PAGE
    index.value = position === null ? loaded.items.length : 0
    return true
  }

  /**
   * Reads the queue of a project. Whoever comes back to it stands where they left, or after it where that has been done meanwhile; else at the first
   * galaxy that is still to do, or past the end.
   */
  async function load(name: string, owner: string): Promise<void> {
    const left = name === annotator && owner === project ? current.value : null
    ;[annotator, project] = [name, owner]
    const isLatest = runs.begin()
    const position = left ? left.position : (await api.nextInQueue(annotator, 0)).position
    if (!isLatest() || !(await showFrom(position)) || !left) return
    show(left.turn)
    if (isOpen(left) && current.value && !isOpen(current.value)) await advance()
  }

  function clear(): void {
    runs.begin()
    round.value = null
    items.value = []
    progress.value = { total: 0, complete: 0, skipped: 0 }
    index.value = 0
  }

  /** Asks for the next page when the end of what is loaded comes near. */
  function lengthen(): Promise<void> {
    if (!hasMore.value || items.value.length - index.value > AHEAD) return Promise.resolve()
    lengthening ??= addPage().finally(() => (lengthening = null))
    return lengthening
  }

  async function addPage(): Promise<void> {
    const isLatest = runs.current()
    const loaded = await api.queue(annotator, { from: items.value.at(-1)!.position + 1, limit: PAGE })
    if (!isLatest()) return
    items.value = [...items.value, ...loaded.items]
    hasMore.value = loaded.items.length === PAGE
  }

  const has = (turn: string): boolean => items.value.some((item) => item.turn === turn)

  /** Puts galaxies as they are after a commit in their places. One that is not loaded, of an earlier round or far away, stands before the current one. */
  function take({ items: changed, progress: now }: Pick<Written, 'items' | 'progress'>): void {
    taken++
    if (now) progress.value = now
    for (const item of changed) {
      const at = items.value.findIndex(({ turn }) => turn === item.turn)
      if (at !== -1) items.value = items.value.with(at, { ...item, position: items.value[at]!.position })
      else items.value = items.value.toSpliced(index.value, 0, { ...item, position: (current.value ?? items.value.at(-1))?.position ?? 0 })
    }
  }

  /**
   * Reads how the galaxies after the one on screen are now: what another annotator has done meanwhile is done. The one on screen changes only
   * where the same annotator has, in another window.
   */
  async function update(): Promise<void> {
    if (round.value === null) return
    const isLatest = runs.current()
    const [before, shown] = [taken, current.value]
    const from = items.value[index.value]?.position ?? END
    const limit = Math.min(MOST_UPDATED, Math.max(1, items.value.length - index.value))
    const loaded = await api.queue(annotator, { from, limit })
    if (!isLatest()) return
    progress.value = { total: loaded.total, complete: loaded.complete, skipped: loaded.skipped }
    const now = new Map(loaded.items.map((item) => [item.turn, item]))
    // What was answered in this window while the server read is newer than what it says.
    items.value = items.value.map((item, at) => (at <= index.value ? item : (now.get(item.turn) ?? item)))
    const read = shown && now.get(shown.turn)
    if (!read || taken !== before || shown !== current.value || entriesOf(read) === entriesOf(shown)) return
    items.value = items.value.with(index.value, read)
    changesElsewhere.value++
  }

  /** Reads a galaxy again that is not as this window believed it to be. */
  async function renew(galaxyKey: number): Promise<void> {
    const { item } = await api.queueItem(galaxyKey, annotator)
    if (has(item.turn)) take({ items: [item], progress: null })
  }

  function show(turn: string): void {
    const at = items.value.findIndex((item) => item.turn === turn)
    if (at !== -1) index.value = at
  }

  /** Steps by one, done or not; one step past the last is the end of the queue. */
  async function step(by: 1 | -1): Promise<void> {
    if (by === -1 && index.value === 0) await addPageBefore()
    index.value = Math.min(items.value.length, Math.max(0, index.value + by))
    await lengthen()
  }

  async function addPageBefore(): Promise<void> {
    const first = items.value[0]
    if (first === undefined) return
    const isLatest = runs.current()
    const { items: before } = await api.queue(annotator, { before: first.position, limit: PAGE })
    if (!isLatest()) return
    items.value = [...before, ...items.value]
    index.value += before.length
  }

  /** Goes on to the next galaxy that is still to do: after this one, else from the start, else past the end. */
  async function advance(): Promise<void> {
    const at = items.value.findIndex((item, i) => i > index.value && isOpen(item))
    if (at !== -1) {
      index.value = at
      // Nobody waits for it: what is on screen is loaded.
      void lengthen().catch(() => undefined)
      return
    }
    const last = items.value.at(-1)?.position ?? 0
    const after = hasMore.value ? (await api.nextInQueue(annotator, last)).position : null
    const next = after ?? (await api.nextInQueue(annotator, 0)).position
    const loadedAt = items.value.findIndex(({ position }) => position === next)
    if (next !== null && loadedAt !== -1) index.value = loadedAt
    else if (next === null && !hasMore.value) index.value = items.value.length
    else await showFrom(next)
  }

  /** Brings any galaxy of the survey on screen, before the one that is there. */
  async function visit(galaxyKey: number): Promise<void> {
    const { item } = await api.queueItem(galaxyKey, annotator)
    if (!has(item.turn)) take({ items: [item], progress: null })
    show(item.turn)
  }

  async function showFirstSkipped(): Promise<void> {
    const { position } = await api.nextInQueue(annotator, 0, true)
    if (position !== null) await showFrom(position)
  }

  return {
    round,
    index,
    items,
    current,
    total,
    complete,
    skipped,
    upcoming,
    load,
    clear,
    has,
    take,
    update,
    renew,
    changesElsewhere,
    show,
    step,
    advance,
    visit,
    showFirstSkipped,
  }
})
