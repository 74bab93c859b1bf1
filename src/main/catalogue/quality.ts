import type { Quality } from '@shared/contract/quality'
import { cohenKappa } from '@shared/science/agreement/kappa'
import { createRandom } from '@shared/science/stats/random'
import { tableOf } from './agreement'
import type { ReadableDb } from './database'
import { LONGEST_SECONDS } from './expert-time'
import { goldResults } from './gold'
import { pairsOf, readRepeats } from './quality-repeats'
import { driftOf, isPause, isTimed, perGalaxy, secondsOf, sessionsOf, times, type QualityRow } from './quality-time'
import { standingTest } from './standing'
import { projectTree } from './trees'

/** What the log tells of one annotator's agreement with themselves and with known answers, and of their time ([Note: Expert time]). */
export function readQuality(db: ReadableDb, annotator: string): Quality {
  const { tree } = projectTree(db)
  const rows = db
    .prepare<[string], QualityRow>(
      `SELECT sequence, uuid, undoes, galaxy_key AS galaxyKey, pass, kind, question, answer, note, duration_ms AS durationMs, at, hint_seen AS hintSeen
       FROM labels WHERE annotator = ? ORDER BY sequence`,
    )
    .all(annotator)
  const stands = standingTest(rows)
  const said = rows.filter(({ kind, uuid }) => (kind === 'answer' || kind === 'cannot-tell') && stands(uuid))
  const timed = rows.filter(isTimed)
  const repeats = readRepeats(tree, rows)
  const sessions = sessionsOf(rows)
  return {
    annotator,
    galaxies: new Set(said.map(({ galaxyKey }) => galaxyKey)).size,
    minutes: timed.reduce((sum, row) => sum + secondsOf(row), 0) / 60,
    longestSeconds: LONGEST_SECONDS,
    pauses: rows.filter(isPause).length,
    hints: countHints(said),
    self: Object.fromEntries(
      tree.questions.map(({ name, answers }) => {
        const table = tableOf(
          answers,
          repeats.flatMap((repeat) => pairsOf(repeat, name)),
        )
        return [name, cohenKappa(table, createRandom(0, 'kappa', name))]
      }),
    ),
    gold: goldResults(db, annotator),
    secondsPerGalaxy: times(perGalaxy(rows)),
    secondsPerQuestion: Object.fromEntries(
      tree.questions.map(({ name }) => [
        name,
        times(timed.filter(({ kind, question }) => kind !== 'resolve' && question === name).map(secondsOf)),
      ]),
    ),
    sessions: sessions.map((session) => ({
      startedAt: session[0]!.at,
      minutes: (Date.parse(session.at(-1)!.at) - Date.parse(session[0]!.at)) / 60_000,
      galaxies: new Set(session.map(({ galaxyKey }) => galaxyKey)).size,
      entries: session.length,
    })),
    drift: driftOf(sessions.at(-1) ?? [], repeats),
  }
}

/** Everyone who has an entry in the log, by name. */
export function annotatorNames(db: ReadableDb): string[] {
  return db.prepare<[], string>('SELECT DISTINCT annotator FROM labels ORDER BY annotator').pluck().all()
}

function countHints(answers: readonly Pick<QualityRow, 'hintSeen'>[]): Quality['hints'] {
  const count = (seen: number | null) => answers.filter(({ hintSeen }) => hintSeen === seen).length
  return { seen: count(1), unseen: count(0), unknown: count(null) }
}
