import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'
import { movedTop, rowsShown, scrolledPx, scrollOf, topShowing, type Extent } from '../virtual-scroll'

/** After so long without a move the bar is put where the list is: see [Note: Long lists]. */
const SETTLED_MS = 150
const ROWS_OVER = 2

/**
 * Draws of a long list only the rows in the window, whatever its length ([Note: Long lists]). `viewPx` is the height of the
 * window; it, `rows` and `rowPx` may change at any time. The rows stand in
 * an element that sticks to the window, moved by `shiftPx`: while the page is busy the last rows stay on screen, never an empty place.
 */
export function useVirtualScroll(
  view: Readonly<Ref<HTMLElement | null>>,
  viewPx: Readonly<Ref<number>>,
  rows: () => number,
  rowPx: () => number,
) {
  const topPx = ref(0)
  const extent = computed<Extent>(() => ({ rows: rows(), rowPx: rowPx(), viewPx: viewPx.value }))
  const shown = computed(() => rowsShown(topPx.value, extent.value, ROWS_OVER))
  const heightPx = computed(() => scrolledPx(extent.value))
  const shiftPx = computed(() => shown.value.first * rowPx() - topPx.value)
  const rowsPerView = computed(() => Math.max(1, Math.floor(viewPx.value / rowPx())))
  let barPx = 0
  let settling: ReturnType<typeof setTimeout> | undefined

  function placeBar(): void {
    if (!view.value) return
    view.value.scrollTop = scrollOf(topPx.value, extent.value)
    barPx = view.value.scrollTop
  }

  function onScroll(): void {
    // The browser tells a move with the next frame: the list may be gone by then.
    const toPx = view.value?.scrollTop ?? barPx
    if (toPx === barPx) return
    topPx.value = movedTop(topPx.value, { fromPx: barPx, toPx }, extent.value)
    barPx = toPx
    clearTimeout(settling)
    settling = setTimeout(placeBar, SETTLED_MS)
  }

  /** Brings a row into the window, by the shortest way. */
  function showRow(row: number): void {
    const wanted = topShowing(row, topPx.value, extent.value)
    if (wanted === topPx.value) return
    topPx.value = wanted
    placeBar()
  }

  /** Keeps the row on top where the rows become higher or fewer. */
  watch(rowPx, (now, before) => {
    if (before > 0) topPx.value = (topPx.value / before) * now
  })
  watch(
    extent,
    (now) => {
      topPx.value = Math.max(0, Math.min(topPx.value, now.rows * now.rowPx - now.viewPx))
      placeBar()
    },
    { flush: 'post' },
  )

  onScopeDispose(() => clearTimeout(settling))

  return { shown, heightPx, shiftPx, rowsPerView, onScroll, showRow }
}
