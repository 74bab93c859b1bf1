/**
 * [Note: Long lists] Browsers draw nothing that is taller than 33 million pixels, and lose whole pixels above 16 million (single precision). A list of
 * a million rows may be taller: then its scroll bar stands for the list in proportion, while wheel and keys still move by the pixels they ask for.
 */
export const TALLEST_PX = 15_000_000

/** A list of rows of one height, seen through a window of `viewPx`. */
export type Extent = { readonly rows: number; readonly rowPx: number; readonly viewPx: number }

/** The height of what is scrolled over. */
export const scrolledPx = ({ rows, rowPx }: Extent): number => Math.min(rows * rowPx, TALLEST_PX)

/** The farthest that the top of the window can be from the top of the list. */
export const lowestTop = ({ rows, rowPx, viewPx }: Extent): number => Math.max(0, rows * rowPx - viewPx)

const lowestScroll = (extent: Extent): number => Math.max(0, scrolledPx(extent) - extent.viewPx)
const within = (value: number, most: number): number => Math.min(most, Math.max(0, value))

/** Where the window's top is in the list, in pixels, when the bar stands at `scrollPx`. */
export function topOf(scrollPx: number, extent: Extent): number {
  const most = lowestScroll(extent)
  return most === 0 ? 0 : within((scrollPx / most) * lowestTop(extent), lowestTop(extent))
}

/** Where the bar stands for a window's top. */
export function scrollOf(topPx: number, extent: Extent): number {
  const most = lowestTop(extent)
  return most === 0 ? 0 : within((topPx / most) * lowestScroll(extent), lowestScroll(extent))
}

/** The window's top after the bar moved. A move by less than the window was made by wheel or key; a longer one by dragging the bar. */
export function movedTop(topPx: number, move: { fromPx: number; toPx: number }, extent: Extent): number {
  const { fromPx, toPx } = move
  if (toPx <= 0) return 0
  // Browsers round where the bar stands.
  if (toPx >= lowestScroll(extent) - 1) return lowestTop(extent)
  const isWheel = Math.abs(toPx - fromPx) < extent.viewPx
  return isWheel ? within(topPx + toPx - fromPx, lowestTop(extent)) : topOf(toPx, extent)
}

/** The top from which a row is whole in the window, as near as can be to the top that is. */
export function topShowing(row: number, topPx: number, extent: Extent): number {
  const start = row * extent.rowPx
  const end = start + extent.rowPx
  const moved = start < topPx ? start : end > topPx + extent.viewPx ? end - extent.viewPx : topPx
  return within(moved, lowestTop(extent))
}

/** The rows to draw, `[first, end)`: those in the window and `over` more on each side. */
export function rowsShown(topPx: number, { rows, rowPx, viewPx }: Extent, over: number): { first: number; end: number } {
  const first = Math.max(0, Math.floor(topPx / rowPx) - over)
  return { first: Math.min(first, rows), end: Math.min(rows, Math.ceil((topPx + viewPx) / rowPx) + over) }
}
