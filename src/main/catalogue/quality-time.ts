import type { Quality, Times } from '@shared/contract/quality'
import { quantile } from '@shared/science/stats/quantile'
import { LONGEST_SECONDS, TIMED_KINDS } from './expert-time'
import { groupBy } from './group-by'
import type { LabelEntry } from './label-state'
import { pairsOf, type Repeat } from './quality-repeats'

const SESSION_GAP_MINUTES = 30
const DRIFT_GALAXIES = 20

/** An entry of one annotator. */
export type QualityRow = LabelEntry & {
  sequence: number
  galaxyKey: number
  pass: number
  durationMs: number | null
  at: string
  hintSeen: number | null
}

const endsALook = ({ kind }: QualityRow): boolean => TIMED_KINDS.some((timed) => timed === kind)
export const isPause = (row: QualityRow): boolean => endsALook(row) && row.durationMs !== null && row.durationMs > 1000 * LONGEST_SECONDS
/** Whether its time counts: [Note: Expert time]. */
export const isTimed = (row: QualityRow): boolean => endsALook(row) && row.durationMs !== null && !isPause(row)
export const secondsOf = ({ durationMs }: QualityRow): number => (durationMs ?? 0) / 1000

/** One look at a galaxy: the first, or the second where it came back. */
const lookOf = ({ galaxyKey, pass }: QualityRow) => `${galaxyKey} ${pass}`

/** The quartiles; null of nothing. */
export function times(seconds: readonly number[]): Times {
  if (seconds.length === 0) return null
  const sorted = seconds.toSorted((a, b) => a - b)
  return { median: quantile(sorted, 0.5), lower: quantile(sorted, 0.25), upper: quantile(sorted, 0.75), n: seconds.length }
}

/** The time of each look at a galaxy at which something was said. Where a part of it was a pause or is not known, there is no sum. */
export function perGalaxy(rows: readonly QualityRow[]): number[] {
  const looks = groupBy(
    rows.filter((row) => endsALook(row) && row.kind !== 'resolve'),
    lookOf,
  )
  return [...looks.values()]
    .filter((look) => look.every(isTimed) && look.some(({ kind }) => kind !== 'skip'))
    .map((look) => look.reduce((sum, row) => sum + secondsOf(row), 0))
}

/** The entries in stretches without a long gap. */
export function sessionsOf(rows: readonly QualityRow[]): QualityRow[][] {
  const sessions: QualityRow[][] = []
  for (const row of rows) {
    const last = sessions.at(-1)?.at(-1)
    if (last && Date.parse(row.at) - Date.parse(last.at) <= 60_000 * SESSION_GAP_MINUTES) sessions.at(-1)!.push(row)
    else sessions.push([row])
  }
  return sessions
}

/**
 * Every twenty galaxies of a session, in the order in which they came: how long one took, and how far those that came back were answered as
 * before. One that came back counts where it came back.
 */
export function driftOf(session: readonly QualityRow[], repeats: readonly Repeat[]): Quality['drift'] {
  const looks = [...groupBy(session, lookOf).values()]
  const byGalaxy = new Map(repeats.map((repeat) => [repeat.galaxyKey, repeat]))
  return Array.from({ length: Math.ceil(looks.length / DRIFT_GALAXIES) }, (_, i) => {
    const part = looks.slice(i * DRIFT_GALAXIES, (i + 1) * DRIFT_GALAXIES)
    const back = part.flatMap(([row]) => (row!.pass === 1 ? (byGalaxy.get(row!.galaxyKey) ?? []) : []))
    const same = back.flatMap((repeat) => repeat.first.flatMap(({ question }) => pairsOf(repeat, question).map(([a, b]) => a === b)))
    return {
      galaxies: part.length,
      medianSeconds: times(perGalaxy(part.flat()))?.median ?? null,
      repeats: back.length,
      agreement: same.length === 0 ? null : same.filter(Boolean).length / same.length,
    }
  })
}
