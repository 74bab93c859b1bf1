/** Places in a list, as ranges `[from, end)` in order that neither touch nor overlap: of a million places few numbers are kept. */
export type PlaceRanges = readonly (readonly [from: number, end: number])[]

export const nowhere: PlaceRanges = []

export const hasPlace = (ranges: PlaceRanges, place: number): boolean => ranges.some(([from, end]) => place >= from && place < end)

export const countPlaces = (ranges: PlaceRanges): number => ranges.reduce((sum, [from, end]) => sum + end - from, 0)

/** With the places `[from, end)`. */
export function withPlaces(ranges: PlaceRanges, from: number, end: number): PlaceRanges {
  if (end <= from) return ranges
  const apart = ranges.filter(([otherFrom, otherEnd]) => otherEnd < from || otherFrom > end)
  const touching = ranges.filter(([otherFrom, otherEnd]) => otherEnd >= from && otherFrom <= end)
  const joined: readonly [number, number] = [
    Math.min(from, ...touching.map(([otherFrom]) => otherFrom)),
    Math.max(end, ...touching.map(([, otherEnd]) => otherEnd)),
  ]
  return [...apart, joined].sort(([a], [b]) => a - b)
}

export function withoutPlace(ranges: PlaceRanges, place: number): PlaceRanges {
  const parts = ranges.flatMap(([from, end]) =>
    place >= from && place < end
      ? ([
          [from, place],
          [place + 1, end],
        ] as const)
      : ([[from, end]] as const),
  )
  return parts.filter(([from, end]) => end > from)
}

export const withPlaceToggled = (ranges: PlaceRanges, place: number): PlaceRanges =>
  hasPlace(ranges, place) ? withoutPlace(ranges, place) : withPlaces(ranges, place, place + 1)

/** Without the first `count` places. */
export function placesAfter(ranges: PlaceRanges, count: number): PlaceRanges {
  const left: (readonly [number, number])[] = []
  let passed = 0
  for (const [from, end] of ranges) {
    const skipped = Math.min(end - from, Math.max(0, count - passed))
    if (from + skipped < end) left.push([from + skipped, end])
    passed += end - from
  }
  return left
}

/** The same places in stretches of at most `most`, as pages of a result are asked for; the first `limit` places of all. */
export function stretches(ranges: PlaceRanges, most: number, limit: number): { offset: number; limit: number }[] {
  const found: { offset: number; limit: number }[] = []
  let left = limit
  for (const [from, end] of ranges)
    for (let offset = from; offset < end && left > 0; offset += most) {
      const size = Math.min(most, end - offset, left)
      found.push({ offset, limit: size })
      left -= size
    }
  return found
}
