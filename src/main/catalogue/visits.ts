import { createRandom, type Random } from '@shared/science/stats/random'
import type { WritableDb } from './database'
import { readLabellingSettings } from './labelling-settings'

/** Before the first galaxy comes back, and between the two looks at one: nobody should remember it. */
const LABELLED_FIRST = 30
const LABELLED_BETWEEN = 20
/** A visit comes a few galaxies later, so that it does not answer to the one that was just labelled. */
const PLACES_AHEAD = 3

type Completed = { annotator: string; round: number; place: number }

/**
 * Now and then, after a galaxy of the queue was completed, lets another come to the annotator unannounced: one of their own for a second time,
 * or one whose answers are known. The same work leads to the same visits. Call in the transaction of the entry.
 */
export function placeVisit(db: WritableDb, { annotator, round, place }: Completed): void {
  const { repeatShare } = readLabellingSettings(db)
  const done = db
    .prepare<[string], number>('SELECT count(*) FROM label_states WHERE annotator = ? AND done_at IS NOT NULL')
    .pluck()
    .get(annotator)!
  const random = createRandom(round, 'visit', annotator, done)
  if (done < LABELLED_FIRST || random.next() >= repeatShare) return
  const visit =
    random.next() < 0.5 ? (goldGalaxy(db, annotator, random) ?? ownGalaxy(db, annotator, random)) : ownGalaxy(db, annotator, random)
  if (visit === null) return
  const isTaken = db.prepare<[number, string, number], number>('SELECT 1 FROM visits WHERE round = ? AND annotator = ? AND place = ?').pluck()
  let at = place + 1 + random.integer(PLACES_AHEAD)
  while (isTaken.get(round, annotator, at) !== undefined) at++
  db.prepare('INSERT OR IGNORE INTO visits (round, annotator, galaxy_key, pass, place) VALUES (?, ?, ?, ?, ?)').run(
    round,
    annotator,
    visit.galaxyKey,
    visit.pass,
    at,
  )
}

/** Those that were not paid before their round was over: the galaxies may come again. Call in the transaction that opens the next round. */
export function forgetVisits(db: WritableDb): void {
  db.exec('DELETE FROM visits WHERE done = 0')
}

type Visit = { galaxyKey: number; pass: number }

/** One that the annotator completed a while ago and has not met again. */
function ownGalaxy(db: WritableDb, annotator: string, random: Random): Visit | null {
  const met = `FROM label_states AS own WHERE annotator = :annotator AND done_at IS NOT NULL
    AND done_at <= (SELECT done_at FROM label_states WHERE annotator = :annotator AND done_at IS NOT NULL ORDER BY done_at DESC LIMIT 1 OFFSET :between)
    AND NOT EXISTS (SELECT 1 FROM visits WHERE visits.annotator = :annotator AND visits.galaxy_key = own.galaxy_key AND pass = 1)`
  const galaxyKey = drawn(db, met, 'done_at', { annotator, between: LABELLED_BETWEEN }, random)
  return galaxyKey === null ? null : { galaxyKey, pass: 1 }
}

/** One of known answers that the annotator has not met. */
function goldGalaxy(db: WritableDb, annotator: string, random: Random): Visit | null {
  const unmet = `FROM (SELECT DISTINCT galaxy_key FROM gold) AS known
    WHERE NOT EXISTS (SELECT 1 FROM label_states WHERE label_states.galaxy_key = known.galaxy_key AND annotator = :annotator)
    AND NOT EXISTS (SELECT 1 FROM visits WHERE visits.galaxy_key = known.galaxy_key AND annotator = :annotator AND pass = 0)
    AND EXISTS (SELECT 1 FROM views WHERE views.galaxy_key = known.galaxy_key AND view = 1)`
  const galaxyKey = drawn(db, unmet, 'galaxy_key', { annotator }, random)
  return galaxyKey === null ? null : { galaxyKey, pass: 0 }
}

function drawn(db: WritableDb, from: string, order: string, values: Record<string, unknown>, random: Random): number | null {
  const count = db.prepare<Record<string, unknown>, number>(`SELECT count(*) ${from}`).pluck().get(values)!
  if (count === 0) return null
  const statement = db.prepare<Record<string, unknown>, number>(`SELECT galaxy_key ${from} ORDER BY ${order} LIMIT 1 OFFSET :skip`).pluck()
  return statement.get({ ...values, skip: random.integer(count) })!
}

/** Marks a visit as done, or as still to do, as the log has it. */
export function keepVisit(db: WritableDb, annotator: string, galaxyKey: number, pass: number, isDone: boolean): void {
  db.prepare('UPDATE visits SET done = ? WHERE annotator = ? AND galaxy_key = ? AND pass = ?').run(
    Number(isDone),
    annotator,
    galaxyKey,
    pass,
  )
}
