import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import {
  MOST_ROWS,
  type RowsRequest,
  type SavedSearch,
  type SearchAnswer,
  type SearchColumns,
  type SearchRequest,
  type SearchRow,
  type SearchRows,
} from '@shared/contract/search'
import { AppError } from '@shared/science/errors'
import { api, RequestError } from '../api'
import { latestRun } from '../latest'
import { countPlaces, hasPlace, nowhere, stretches, withPlaces, withPlaceToggled, type PlaceRanges } from '../place-ranges'

const PAGE = 100
/** Pages of rows in memory. */
const MOST_PAGES = 80
const everything: SearchRequest = { filter: '', sort: null, descending: false }

/**
 * A search over the whole catalogue and what it found. The list stays on the server; the rows near the window are here, page by page, and which places
 * of the list are chosen. `active` is the place that the keys move.
 */
export const useSearchStore = defineStore('search', () => {
  const project = ref<string | null>(null)
  /** What the list is of. */
  const request = shallowRef<SearchRequest>(everything)
  /** What was asked last: the same, until an answer is on its way. The next search builds on it, so that quick changes add up. */
  const asked = shallowRef<SearchRequest>(everything)
  const answer = shallowRef<SearchAnswer | null>(null)
  const columns = shallowRef<SearchColumns | null>(null)
  const saved = shallowRef<readonly SavedSearch[]>([])
  /** As a table shows them; part of what is asked of each page. */
  const shownColumns = shallowRef<readonly string[]>([])
  const pages = shallowRef<ReadonlyMap<number, readonly SearchRow[]>>(new Map())
  const pageUsesVotes = ref(false)
  /** False once a new search could find something else. */
  const isCurrent = ref(true)
  const chosen = shallowRef<PlaceRanges>(nowhere)
  const active = ref(0)
  /** Where a range of places that is being chosen began. */
  let anchor = 0
  const runs = latestRun()
  let wanted: readonly number[] = []
  let loading: Promise<void> | null = null

  const count = computed(() => answer.value?.count ?? 0)
  const usesVotes = computed(() => (answer.value?.usesVotes ?? false) || pageUsesVotes.value)
  const chosenCount = computed(() => countPlaces(chosen.value))

  function forgetRows(): void {
    pages.value = new Map()
    pageUsesVotes.value = false
    isCurrent.value = true
  }

  /** Nothing searched yet in the project at this path. */
  function clear(path: string | null): void {
    runs.begin()
    project.value = path
    request.value = everything
    asked.value = everything
    answer.value = null
    columns.value = null
    saved.value = []
    chosen.value = nowhere
    active.value = 0
    forgetRows()
  }

  async function loadVocabulary(): Promise<void> {
    const of = project.value
    const [known, list] = await Promise.all([api.columns(), api.searches()])
    if (project.value !== of) return
    columns.value = known
    saved.value = list.searches
  }

  /** Searches; the list before stays on screen until this one is there, and for good where the server refuses. */
  async function search(wish: SearchRequest): Promise<void> {
    const isLatest = runs.begin()
    const names = shownColumns.value
    asked.value = wish
    const { firstPage, ...found } = await api.search({ ...wish, firstPage: { limit: PAGE, columns: names.join(', ') } }).catch((error) => {
      if (isLatest()) asked.value = request.value
      throw error
    })
    if (!isLatest()) return
    request.value = wish
    answer.value = found
    chosen.value = nowhere
    active.value = 0
    anchor = 0
    forgetRows()
    if (firstPage && shownColumns.value === names) takePage(0, firstPage)
  }

  /**
   * The same search made anew, because the server no longer keeps its list (it keeps the latest, and none through a new start). The places that are chosen
   * stay where it finds the same galaxies in the same order.
   */
  async function renew(): Promise<void> {
    const isLatest = runs.current()
    const [of, before] = [request.value, answer.value?.digest]
    const found = await api.search(of)
    // Also one that was on its way may have been answered meanwhile.
    if (!isLatest() || request.value !== of) return
    answer.value = found
    if (found.digest !== before) {
      chosen.value = nowhere
      active.value = Math.min(active.value, Math.max(0, found.count - 1))
      anchor = active.value
    }
    forgetRows()
  }

  /** A page of the list, and the result that it is of. */
  async function rowsOf(page: RowsRequest): Promise<SearchRows & { resultId: string }> {
    const { resultId } = answer.value!
    try {
      return { ...(await api.searchRows(resultId, page)), resultId }
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== 'search/gone') throw error
      if (answer.value?.resultId === resultId) await renew()
      const fresh = answer.value?.resultId ?? resultId
      // The project was closed, or another search is on its way.
      if (fresh === resultId) throw error
      return { ...(await api.searchRows(fresh, page)), resultId: fresh }
    }
  }

  /** The galaxy at a place of the list; null while it is not loaded. */
  const rowAt = (place: number): SearchRow | null => pages.value.get(Math.floor(place / PAGE))?.[place % PAGE] ?? null

  /** Loads the rows of the places `[from, end)`. What is no longer wanted when its turn comes is not asked for. */
  function want(from: number, end: number): Promise<void> {
    const first = Math.floor(from / PAGE)
    const last = Math.floor((Math.min(end, count.value) - 1) / PAGE)
    wanted = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i).filter((page) => !pages.value.has(page))
    if (answer.value && wanted.length > 0) loading ??= loadWanted()
    return loading ?? Promise.resolve()
  }

  /** Waits at least once; ends in the turn in which nothing more is wanted, so that a later `want` begins anew. */
  async function loadWanted(): Promise<void> {
    try {
      for (let page = wanted[0]; page !== undefined && answer.value; page = wanted[0]) {
        const names = shownColumns.value
        const part = await rowsOf({ offset: page * PAGE, limit: PAGE, columns: names.join(', ') })
        if (answer.value?.resultId !== part.resultId || shownColumns.value !== names) continue
        takePage(page, part)
        wanted = wanted.filter((each) => !pages.value.has(each))
      }
    } finally {
      loading = null
    }
  }

  function takePage(page: number, part: SearchRows): void {
    const kept = new Map(pages.value).set(page, part.rows)
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_PAGES) break
      kept.delete(oldest)
    }
    pages.value = kept
    pageUsesVotes.value = part.usesVotes
    isCurrent.value = part.isCurrent
  }

  function showColumns(names: readonly string[]): void {
    shownColumns.value = names
    forgetRows()
  }

  /** Moves to a place, and chooses what the keys held with it say: it alone, everything from where the range began, or nothing new. */
  function moveTo(place: number, how: 'choose' | 'extend' | 'keep' | 'toggle'): void {
    if (count.value === 0) return
    const to = Math.min(count.value - 1, Math.max(0, place))
    active.value = to
    if (how === 'extend') chosen.value = withPlaces(nowhere, Math.min(anchor, to), Math.max(anchor, to) + 1)
    else anchor = to
    if (how === 'choose') chosen.value = withPlaces(nowhere, to, to + 1)
    if (how === 'toggle') chosen.value = withPlaceToggled(chosen.value, to)
  }

  const chooseAll = () => (chosen.value = withPlaces(nowhere, 0, count.value))
  const chooseNone = () => (chosen.value = nowhere)
  const isChosen = (place: number) => hasPlace(chosen.value, place)

  /** The chosen galaxies in the order of the list, the first `most` of them. */
  async function chosenRows(most: number): Promise<SearchRow[]> {
    const found: SearchRow[] = []
    const places = chosen.value
    for (const { offset, limit } of stretches(places, MOST_ROWS, most)) {
      found.push(...(await rowsOf({ offset, limit, columns: '' })).rows)
      if (chosen.value !== places)
        throw new AppError('search/changed', 'The list was made anew while it was read, and finds others by now. Choose again.')
    }
    return found
  }

  async function save(name: string, kept: SearchRequest, replace: boolean): Promise<void> {
    await api.saveSearch(project.value!, { ...kept, name, replace })
    saved.value = (await api.searches()).searches
  }

  /** The same search under another name. */
  async function rename(from: SavedSearch, name: string): Promise<void> {
    const { filter, sort, descending } = from
    const of = project.value!
    await api.saveSearch(of, { filter, sort, descending, name, replace: false })
    saved.value = (await api.removeSearch(of, from.name)).searches
  }

  async function remove(name: string): Promise<void> {
    saved.value = (await api.removeSearch(project.value!, name)).searches
  }

  return {
    project,
    request,
    asked,
    answer,
    columns,
    saved,
    shownColumns,
    pages,
    isCurrent,
    chosen,
    active,
    count,
    usesVotes,
    chosenCount,
    clear,
    loadVocabulary,
    search,
    renew,
    rowAt,
    want,
    showColumns,
    moveTo,
    chooseAll,
    chooseNone,
    isChosen,
    chosenRows,
    save,
    rename,
    remove,
  }
})
