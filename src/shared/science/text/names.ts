/** Names that are compared, without what people write differently: case, and `_`, `-`, `.` or a space between words. */
export function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_.-]+/g, '-')
}

/**
 * Number of letters to insert, remove, change or swap with a neighbour that turn `a` into `b`
 * (optimal string alignment: no stretch is edited twice).
 */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1)
      current.push(least)
    }
    before = previous
    previous = current
  }
  return previous[b.length]!
}

/** The candidate that `name` most likely was meant to be, null where none is near: one letter off in a short name, three in a long one. */
export function likelyName(name: string, candidates: readonly string[]): string | null {
  const plain = plainName(name)
  const allowed = plain.length < 8 ? 1 : plain.length < 16 ? 2 : 3
  let best: { candidate: string; distance: number } | null = null
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - plain.length) > allowed) continue
    const distance = editDistance(plain, plainName(candidate))
    if (distance <= allowed && (best === null || distance < best.distance)) best = { candidate, distance }
  }
  return best?.candidate ?? null
}

/** Shorter ones are part of too many names to mean anything. */
const SHORTEST_PART = 3

/**
 * At most `count` candidates that `name` may have been meant to be, the likeliest first: those that `likelyName` would take, then those that
 * contain it or are contained in it.
 */
export function likelyNames(name: string, candidates: readonly string[], count: number): string[] {
  const plain = plainName(name)
  const likeliness = (candidate: string) => {
    const other = plainName(candidate)
    if (likelyName(name, [candidate]) !== null) return editDistance(plain, other)
    const isInside = Math.min(plain.length, other.length) >= SHORTEST_PART && (other.includes(plain) || plain.includes(other))
    return isInside ? 10 + Math.abs(other.length - plain.length) : Infinity
  }
  return candidates
    .map((candidate) => ({ candidate, rank: likeliness(candidate) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ candidate }) => candidate)
}
