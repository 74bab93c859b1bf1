import type { ReadableDb } from './database'

/**
 * [Note: Expert time] What an expert's work cost. The window times each entry from when its question came on screen, and a sheet shares out the
 * time of its page; while the clock is stopped no time runs. Every entry that ends such a look counts, also one that was taken back later, a second
 * look at a galaxy and one at a galaxy of known answers: the time was spent. Flags, stars and notes do not: they are made during a look, whose
 * time has theirs in it. An entry that took longer than `LONGEST_SECONDS` was a pause, and counts for no time at all.
 */
export const TIMED_KINDS = ['answer', 'cannot-tell', 'skip', 'resolve'] as const
export const LONGEST_SECONDS = 120

const SUM = `SELECT coalesce(sum(duration_ms), 0) / 60000.0 FROM labels
  WHERE kind IN ('${TIMED_KINDS.join("', '")}') AND duration_ms <= ${1000 * LONGEST_SECONDS}`

/** Minutes of all experts in one round. What was labelled outside the queue belongs to none. */
export function minutesOfRound(db: ReadableDb, round: number): number {
  return db.prepare<[number], number>(`${SUM} AND round = ?`).pluck().get(round)!
}

/** Minutes of all experts, on whatever galaxies, up to an entry of the log. */
export function minutesUpTo(db: ReadableDb, sequence: number): number {
  return db.prepare<[number], number>(`${SUM} AND sequence <= ?`).pluck().get(sequence)!
}

/** The latest entry of the log, 0 where there is none. */
export function latestSequence(db: ReadableDb): number {
  return db.prepare<[], number>('SELECT coalesce(max(sequence), 0) FROM labels').pluck().get()!
}

/** The latest entry of the log that was made by a time (ISO 8601), 0 where there is none. */
export function sequenceAt(db: ReadableDb, at: string): number {
  return db.prepare<[string], number>('SELECT coalesce(max(sequence), 0) FROM labels WHERE at <= ?').pluck().get(at)!
}
