import { computed, watch, type Ref } from 'vue'
import type { KeyPress } from '../keys/bindings'
import { useSearchStore } from '../stores/search'
import { useAction } from './useAction'
import { useKeys } from './useKeys'
import { useVirtualScroll } from './useVirtualScroll'

/** `perRow`: galaxies side by side, 1 in a table. `heightPx` is that of the window onto the list. Left and right move where galaxies stand `isSideBySide`. */
export type ResultGrid = { heightPx: Readonly<Ref<number>>; perRow: () => number; rowPx: () => number; isSideBySide: boolean }

/** What gallery and table of a search have in common: the rows in the window, loaded as they come, and keys and mouse that move and choose. */
export function useResultGrid(view: Readonly<Ref<HTMLElement | null>>, { heightPx, perRow, rowPx, isSideBySide }: ResultGrid) {
  const search = useSearchStore()
  const scroll = useVirtualScroll(view, heightPx, () => Math.ceil(search.count / perRow()), rowPx)
  const loading = useAction(search.want, 'newest')
  const places = computed(() => {
    const { first, end } = scroll.shown.value
    return { from: first * perRow(), end: Math.min(end * perRow(), search.count) }
  })
  watch(
    [() => places.value.from, () => places.value.end, () => search.answer?.resultId, () => search.shownColumns],
    () => places.value.end > places.value.from && loading.run(places.value.from, places.value.end),
    { immediate: true },
  )
  watch(
    () => search.active,
    (place) => scroll.showRow(Math.floor(place / perRow())),
    { flush: 'post' },
  )

  function move(by: number, how: KeyPress['how']): void {
    search.moveTo(search.active + by, how === 'plain' ? 'choose' : how)
    // Also when nothing moved: the active galaxy may have been scrolled away from.
    scroll.showRow(Math.floor(search.active / perRow()))
    view.value?.focus({ preventScroll: true })
    // Large text leaves the galaxies less room than they need; the page scrolls to them then.
    view.value?.scrollIntoView({ block: 'nearest' })
  }
  const page = () => scroll.rowsPerView.value * perRow()
  useKeys('catalogue', {
    'catalogue-up': ({ how }) => move(-perRow(), how),
    'catalogue-down': ({ how }) => move(perRow(), how),
    'catalogue-page-up': ({ how }) => move(-page(), how),
    'catalogue-page-down': ({ how }) => move(page(), how),
    'catalogue-first': ({ how }) => move(-Infinity, how),
    'catalogue-last': ({ how }) => move(Infinity, how),
    ...(isSideBySide ? { 'catalogue-left': ({ how }) => move(-1, how), 'catalogue-right': ({ how }) => move(1, how) } : {}),
  } satisfies Parameters<typeof useKeys>[1])

  function onPick(place: number, event: MouseEvent): void {
    search.moveTo(place, event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'toggle' : 'choose')
  }

  const isActiveDrawn = computed(() => search.active >= places.value.from && search.active < places.value.end)

  return { ...scroll, onPick, isActiveDrawn, error: loading.error }
}
