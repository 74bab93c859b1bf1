import type { Answer } from '@shared/contract/records'
import type { Quality, Times } from '@shared/contract/quality'
import { cohenKappa } from '@shared/science/agreement/kappa'
import { quantile } from '@shared/science/stats/quantile'
import { tableOf } from './agreement'
import type { ReadableDb } from './database'
import { readLabelState } from './labels'
import { standingTest, type Undoing } from './standing'
import { projectTree } from './trees'

/** An answer that took longer was a pause, not an answer. */
export const LONGEST_SECONDS = 120
const SESSION_GAP_MINUTES = 30
const DRIFT_GALAXIES = 20

type Row = Undoing & {
  galaxyKey: number
  pass: number
  kind: string
  question: string | null
  durationMs: number | null
  at: string
  hintSeen: number | null
}
type Repeat = { galaxyKey: number; at: string; first: Answer[]; second: Answer[] }

/** What the log tells of one annotator's agreement with themselves and with known answers, and of their time. */
export function readQuality(db: ReadableDb, annotator: string): Quality {
  const { tree } = projectTree(db)
  const rows = db
    .prepare<[string], Row>(
      `SELECT uuid, undoes, galaxy_key AS galaxyKey, pass, kind, question, duration_ms AS durationMs, at, hint_seen AS hintSeen
       FROM labels WHERE annotator = ? ORDER BY sequence`,
    )
    .all(annotator)
  const stands = standingTest(rows)
  const answers = rows.filter(({ kind, uuid }) => (kind === 'answer' || kind === 'cannot-tell') && stands(uuid))
  const timed = answers.filter(({ durationMs }) => durationMs !== null && durationMs <= 1000 * LONGEST_SECONDS)
  const repeats = readRepeats(db, annotator, rows)
  const sessions = sessionsOf(rows)
  return {
    annotator,
    galaxies: new Set(answers.map(({ galaxyKey }) => galaxyKey)).size,
    minutes: timed.reduce((sum, { durationMs }) => sum + durationMs!, 0) / 60_000,
    longestSeconds: LONGEST_SECONDS,
    pauses: answers.filter(({ durationMs }) => durationMs !== null && durationMs > 1000 * LONGEST_SECONDS).length,
    hints: countHints(answers),
    self: Object.fromEntries(
      tree.questions.map(({ name, answers: of }) => [
        name,
        cohenKappa(
          tableOf(
            of,
            repeats.flatMap((repeat) => pairOf(repeat, name)),
          ),
        ),
      ]),
    ),
    gold: goldOf(db, annotator),
    secondsPerGalaxy: times(perGalaxy(timed)),
    secondsPerQuestion: Object.fromEntries(
      tree.questions.map(({ name }) => [name, times(timed.filter(({ question }) => question === name).map(secondsOf))]),
    ),
    sessions: sessions.map((session) => ({
      startedAt: session[0]!.at,
      minutes: minutesBetween(session[0]!, session.at(-1)!),
      galaxies: new Set(session.map(({ galaxyKey }) => galaxyKey)).size,
      entries: session.length,
    })),
    drift: driftOf(sessions.at(-1) ?? [], new Set(timed), repeats),
  }
}

function countHints(answers: readonly Pick<Row, 'hintSeen'>[]): Quality['hints'] {
  const count = (seen: number | null) => answers.filter(({ hintSeen }) => hintSeen === seen).length
  return { seen: count(1), unseen: count(0), unknown: count(null) }
}

const secondsOf = ({ durationMs }: Row) => durationMs! / 1000
const minutesBetween = (first: Row, last: Row) => (Date.parse(last.at) - Date.parse(first.at)) / 60_000

function times(seconds: readonly number[]): Times {
  if (seconds.length === 0) return null
  const sorted = seconds.toSorted((a, b) => a - b)
  return { median: quantile(sorted, 0.5), lower: quantile(sorted, 0.25), upper: quantile(sorted, 0.75), n: seconds.length }
}

/** The sum of the answers' times of each galaxy and pass. */
function perGalaxy(timed: readonly Row[]): number[] {
  const sums = new Map<string, number>()
  for (const row of timed) {
    const key = `${row.galaxyKey} ${row.pass}`
    sums.set(key, (sums.get(key) ?? 0) + secondsOf(row))
  }
  return [...sums.values()]
}

function readRepeats(db: ReadableDb, annotator: string, rows: readonly Row[]): Repeat[] {
  const second = new Map(rows.filter(({ pass }) => pass === 1).map((row) => [row.galaxyKey, row.at]))
  return Array.from(second, ([galaxyKey, at]) => ({
    galaxyKey,
    at,
    first: readLabelState(db, galaxyKey, annotator, 0).answers,
    second: readLabelState(db, galaxyKey, annotator, 1).answers,
  }))
}

/** The first and the second answer to a question; none where it was asked only once. */
function pairOf({ first, second }: Repeat, question: string): [string, string][] {
  const before = first.find((given) => given.question === question)
  const after = second.find((given) => given.question === question)
  return before && after ? [[before.answer, after.answer]] : []
}

function goldOf(db: ReadableDb, annotator: string): Quality['gold'] {
  const known = db
    .prepare<[string], { galaxyKey: number; question: string; answer: string }>(
      `SELECT galaxy_key AS galaxyKey, question, answer FROM gold
       WHERE EXISTS (SELECT 1 FROM label_states WHERE label_states.galaxy_key = gold.galaxy_key AND annotator = ?)`,
    )
    .all(annotator)
  const gold: Quality['gold'] = {}
  for (const { galaxyKey, question, answer } of known) {
    const given = readLabelState(db, galaxyKey, annotator).answers.find((each) => each.question === question)
    if (!given) continue
    const counts = (gold[question] ??= { right: 0, n: 0 })
    counts.n += 1
    counts.right += Number(given.answer === answer)
  }
  return gold
}

/** The entries in stretches without a long gap. */
function sessionsOf(rows: readonly Row[]): Row[][] {
  const sessions: Row[][] = []
  for (const row of rows) {
    const current = sessions.at(-1)
    if (current && minutesBetween(current.at(-1)!, row) <= SESSION_GAP_MINUTES) current.push(row)
    else sessions.push([row])
  }
  return sessions
}

/** Every twenty galaxies of a session: how long one took, and how far those that came back were answered as before. */
function driftOf(session: readonly Row[], timed: ReadonlySet<Row>, repeats: readonly Repeat[]): Quality['drift'] {
  const order = [...new Set(session.map(({ galaxyKey }) => galaxyKey))]
  const parts = Array.from(
    { length: Math.ceil(order.length / DRIFT_GALAXIES) },
    (_, i) => new Set(order.slice(i * DRIFT_GALAXIES, (i + 1) * DRIFT_GALAXIES)),
  )
  return parts.map((part) => {
    const rows = session.filter((row) => part.has(row.galaxyKey))
    const back = repeats.filter(({ galaxyKey, at }) => part.has(galaxyKey) && at >= session[0]!.at)
    const same = back.flatMap(({ first, second }) =>
      first.flatMap(({ question, answer }) =>
        second.filter((given) => given.question === question).map((given) => given.answer === answer),
      ),
    )
    return {
      galaxies: part.size,
      medianSeconds: times(perGalaxy(rows.filter((row) => timed.has(row))))?.median ?? null,
      repeats: back.length,
      agreement: same.length === 0 ? null : same.filter(Boolean).length / same.length,
    }
  })
}
