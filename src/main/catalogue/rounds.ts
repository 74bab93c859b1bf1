import { AppError } from '@shared/science/errors'
import type { StrategyName } from '@shared/contract/job'
import type { ModelCard, RoundRecord } from '@shared/contract/records'
import { insertAcquisitions, type Pick } from './acquisitions'
import type { ReadableDb, WritableDb } from './database'
import { minutesOfRound, minutesUpTo, sequenceAt } from './expert-time'
import { answeredGalaxies } from './labelled'
import { readMetrics } from './measures'
import { modelsOfRound } from './models'
import { takeStates } from './label-states'
import { keptValue } from './statements'
import { placeTestGalaxies } from './test-draws'
import { forgetVisits } from './visits'

/** How a round's galaxies were chosen. `params` are kept as they were asked for. */
export type NewRound = { strategy: StrategyName; modelId: string | null; seed: number; params: unknown }

/**
 * Opens the next round (0 is the first) with these galaxies in the order of their rank, closing the one that was open, in one transaction.
 * Test galaxies without recorded votes take places between them. Throws `round/empty`, and `round/held-out` for a galaxy that
 * must never be trained on.
 */
export function openRound(db: WritableDb, { strategy, modelId, seed, params }: NewRound, picks: readonly Pick[]): number {
  if (picks.length === 0) throw new AppError('round/empty', 'No galaxy was chosen, so there is no round to open. Import more galaxies.')
  return db
    .transaction(() => {
      const at = new Date().toISOString()
      db.prepare('UPDATE rounds SET closed_at = ? WHERE closed_at IS NULL').run(at)
      const round = db.prepare<[], number>('SELECT coalesce(max(round), -1) + 1 FROM rounds').pluck().get()!
      db.prepare('INSERT INTO rounds (round, strategy, model_id, seed, params, opened_at) VALUES (?, ?, ?, ?, ?, ?)').run(
        round,
        strategy,
        modelId,
        seed,
        JSON.stringify(params),
        at,
      )
      const places = placeTestGalaxies(db, round, picks.length)
      insertAcquisitions(db, round, picks, places)
      takeStates(db, round)
      forgetVisits(db)
      return round
    })
    .immediate()
}

/** Ends the labelling of a round; what was labelled stays. A closed round stays closed. */
export function closeRound(db: WritableDb, round: number): void {
  db.prepare('UPDATE rounds SET closed_at = ? WHERE round = ? AND closed_at IS NULL').run(new Date().toISOString(), round)
}

/** The round that is open for labelling, null when none is. */
export function readOpenRound(db: ReadableDb): number | null {
  return keptValue<[], number>(db, 'SELECT round FROM rounds WHERE closed_at IS NULL ORDER BY round DESC LIMIT 1').get() ?? null
}

/** The latest round, open or not; null before the split. A model trained now belongs to it. */
export function latestRound(db: ReadableDb): number | null {
  return db.prepare<[], number | null>('SELECT max(round) FROM rounds').pluck().get() ?? null
}

/** All rounds, oldest first, with the models trained after each. */
export function readRounds(db: ReadableDb): RoundRecord[] {
  const answered = JSON.stringify([...answeredGalaxies(db)])
  return db
    .prepare<
      [],
      { number: number; strategy: StrategyName; chosenBy: string | null; seed: number; openedAt: string; closedAt: string | null }
    >(
      'SELECT round AS number, strategy, model_id AS chosenBy, seed, opened_at AS openedAt, closed_at AS closedAt FROM rounds ORDER BY round',
    )
    .all()
    .map(({ closedAt, ...round }) => {
      return {
        ...round,
        ...countChosen(db, round.number, answered),
        expertMinutes: minutesOfRound(db, round.number),
        isOpen: closedAt === null,
        models: modelsOfRound(db, round.number).map((card) => ({
          card,
          metrics: readMetrics(db, card.id),
          expertMinutes: minutesUpTo(db, card.labelSequence ?? sequenceAt(db, startOf(card))),
        })),
      }
    })
}

/** When a training began of which the last label was not kept. */
function startOf({ createdAt, trainingSeconds }: ModelCard): string {
  return new Date(Date.parse(createdAt) - 1000 * trainingSeconds).toISOString()
}

/** The galaxies of a round and how many of them training may use: their votes were revealed, in whatever round, or they are in `answered` (JSON). */
function countChosen(db: ReadableDb, round: number, answered: string): { galaxies: number; labelled: number } {
  const { galaxies, revealed } = db
    .prepare<{ round: number }, { galaxies: number; revealed: number }>(
      `SELECT (SELECT count(*) FROM acquisitions WHERE round = :round) AS galaxies,
         (SELECT count(*) FROM revealed_votes WHERE round = :round) AS revealed`,
    )
    .get({ round })!
  // The usual case of a large round, the initial set of a survey with votes, needs no look at its galaxies.
  if (revealed === galaxies) return { galaxies, labelled: galaxies }
  const labelled = db
    .prepare<{ round: number; answered: string }, number>(
      `SELECT count(*) FROM acquisitions WHERE round = :round
         AND (galaxy_key IN (SELECT value FROM json_each(:answered))
           OR EXISTS (SELECT 1 FROM revealed_votes WHERE revealed_votes.galaxy_key = acquisitions.galaxy_key))`,
    )
    .pluck()
    .get({ round, answered })!
  return { galaxies, labelled }
}
