import type { Numbers } from './numbers'

/** The value below which `share` (0..1) of ascending values lie, linear between neighbours, as numpy's default. Needs one value or more. */
export function quantile(sorted: Numbers, share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!)
}
