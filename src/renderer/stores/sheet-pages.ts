import { ref, shallowRef } from 'vue'
import type { QueueItem } from '@shared/contract/records'
import { RequestError } from '../api'
import { latestRun } from '../latest'
import { emptyPage, findPage, type FoundPage, type Page, type PageSearch, type PassedBy } from '../sheet/page'

/** Where galaxies are answered in long stretches, no further is looked ahead than so many reads. */
const MOST_PARTS_AHEAD = 8
/** Pages before this one that can be gone back to. */
const MOST_BEFORE = 1_000

/**
 * The pages of a sheet, of any number: in memory are the one on screen, the one after it, and where those before begin. `search` tells what is looked
 * for; `renew` makes a list anew that the server no longer keeps, and tells whether its places are the same. `onShow` is told of each new page.
 */
export function sheetPages({
  search: searchOf,
  renew,
  onShow,
}: {
  search: () => Omit<PageSearch, 'size'> | null
  renew: () => Promise<boolean>
  onShow: () => void
}) {
  const page = shallowRef<Page>(emptyPage)
  /** Where the pages before this one begin. */
  const trail = shallowRef<readonly number[]>([])
  /** Galaxies on a page. */
  const size = ref(24)
  const isLoading = ref(false)
  const isAtEnd = ref(false)
  const passed = shallowRef<PassedBy>({ answered: 0, notAsked: 0 })
  /** The galaxies of the page after this one, as they were found while this one is looked at. */
  const upcoming = shallowRef<readonly QueueItem[]>([])
  const runs = latestRun()
  const search = (): PageSearch | null => {
    const asked = searchOf()
    return asked && { ...asked, size: size.value }
  }
  let ahead: { from: number; found: Promise<FoundPage | null> } | null = null

  /** No page yet; the first to be read begins at `from`. */
  function begin(from = 0, before: readonly number[] = []): void {
    runs.begin()
    ahead = null
    page.value = { ...emptyPage, from, next: from }
    trail.value = before
  }

  /** What was found of the next page counts no longer. */
  const forgetAhead = () => void (ahead = null)

  /** The page at this place, as many as the grid has room for; galaxies that the question is not open for are passed by. */
  async function load(from = page.value.from): Promise<void> {
    const what = search()
    if (!what) return
    const isLatest = runs.begin()
    const lookedAt = ahead?.from === from ? ahead.found : null
    ahead = null
    isLoading.value = true
    try {
      const found = (await lookedAt) ?? (await findOrRenew(what, from, isLatest))
      if (!found || !isLatest()) return
      passed.value = found.passedBy
      isAtEnd.value = found.isEnd
      page.value = found.page
      onShow()
      if (!found.isEnd) lookAhead(found.page.next, isLatest)
    } finally {
      if (isLatest()) isLoading.value = false
    }
  }

  async function findOrRenew(what: PageSearch, from: number, isLatest: () => boolean): Promise<FoundPage | null> {
    const find = (asked: PageSearch, start: number) => findPage(asked, start, isLatest, (passedBy) => (passed.value = passedBy))
    try {
      return await find(what, from)
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== 'search/gone') throw error
      // Another load may have renewed it already.
      const isOld = search()?.source === what.source
      const isSame = isOld && (await renew())
      if (isOld && !isSame) {
        trail.value = []
        page.value = emptyPage
      }
      if (!isLatest()) return null
      return find(search()!, isSame ? from : page.value.from)
    }
  }

  /** Nobody waits for it; what could not be read now is read when its turn comes. */
  function lookAhead(from: number, isWanted: () => boolean): void {
    let parts = 0
    const found = findPage(search()!, from, () => isWanted() && parts++ < MOST_PARTS_AHEAD).catch(() => null)
    const own = (ahead = { from, found })
    void found.then((next) => {
      if (ahead === own) upcoming.value = next?.page.items ?? []
    })
  }

  async function resize(count: number): Promise<void> {
    if (size.value === count) return
    size.value = count
    ahead = null
    if (page.value.items.length > 0 || isAtEnd.value) await load()
  }

  /** Loads another page with other pages before it; where it cannot be read, all stays as it was. */
  async function goTo(from: number, before: readonly number[]): Promise<void> {
    const old = trail.value
    trail.value = before
    try {
      await load(from)
    } catch (error) {
      trail.value = old
      throw error
    }
  }

  async function forward(): Promise<void> {
    await goTo(page.value.next, withThis())
  }
  const withThis = () => (page.value.items.length > 0 ? [...trail.value, page.value.from].slice(-MOST_BEFORE) : trail.value)
  async function backward(): Promise<void> {
    const from = trail.value.at(-1)
    if (from !== undefined) await goTo(from, trail.value.slice(0, -1))
  }

  /**
   * The next page where `done` must not be seen again, also when the next one cannot be read yet. What took its place meanwhile, in another size or of
   * another round, is read anew: not all of it is done.
   */
  async function goOnFrom(done: Page): Promise<void> {
    if (page.value !== done) return load()
    const [{ next }, before] = [page.value, withThis()]
    try {
      await forward()
    } catch (error) {
      begin(next, before)
      throw error
    }
  }

  return { page, trail, size, isLoading, isAtEnd, passed, upcoming, begin, forgetAhead, load, resize, forward, backward, goOnFrom }
}
