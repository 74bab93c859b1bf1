import { computed, watch, type Ref } from 'vue'
import { useSearchStore } from '../stores/search'
import { useAction } from './useAction'
import { useVirtualScroll } from './useVirtualScroll'

/** `perRow`: galaxies side by side, 1 in a table. `heightPx` is that of the window onto the list. A digit begins the number of a row. */
export type ResultGrid = { heightPx: Readonly<Ref<number>>; perRow: () => number; rowPx: () => number; onDigit: (digit: string) => void }

/** What gallery and table of a search have in common: the rows in the window, loaded as they come, and keys and mouse that move and choose. */
export function useResultGrid(view: Readonly<Ref<HTMLElement | null>>, { heightPx, perRow, rowPx, onDigit }: ResultGrid) {
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

  /** How far a key moves; null for other keys. */
  function stepOf(key: string): number | null {
    const page = scroll.rowsPerView.value * perRow()
    const steps: Record<string, number> = {
      ArrowUp: -perRow(),
      ArrowDown: perRow(),
      PageUp: -page,
      PageDown: page,
      Home: -Infinity,
      End: Infinity,
      ...(perRow() > 1 ? { ArrowLeft: -1, ArrowRight: 1 } : {}),
    }
    return steps[key] ?? null
  }

  function onKeydown(event: KeyboardEvent): void {
    const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey
    const step = stepOf(event.key)
    const isDigit = isPlain && /^\d$/.test(event.key)
    if ((step === null && !isDigit) || event.altKey) return
    event.preventDefault()
    if (step === null) return onDigit(event.key)
    search.moveTo(search.active + step, event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'keep' : 'choose')
    // Also when nothing moved: the active galaxy may have been scrolled away from.
    scroll.showRow(Math.floor(search.active / perRow()))
  }

  function onPick(place: number, event: MouseEvent): void {
    search.moveTo(place, event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'toggle' : 'choose')
  }

  const isActiveDrawn = computed(() => search.active >= places.value.from && search.active < places.value.end)

  return { ...scroll, onKeydown, onPick, isActiveDrawn, error: loading.error }
}
