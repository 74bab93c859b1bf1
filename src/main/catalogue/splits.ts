import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import type { SplitRequest } from '@shared/contract/requests'
import type { ReadableDb, WritableDb } from './database'
import { drawSplit, type SplitDraw } from './draw-split'
import { keepSkyGroups } from './positions'
import { closeRound, openRound } from './rounds'
import { writeSetting } from './settings'
import { readSplit } from './split-record'
import { keepTestVotes } from './test-votes'
import { projectVoteSet, type VoteSet } from './votes'

/** What a split made. `revealed`: galaxies of the initial set whose recorded votes training may use now. */
export const splitOutcomeSchema = z.object({ test: z.number().int(), initial: z.number().int(), revealed: z.number().int() })
export type SplitOutcome = z.infer<typeof splitOutcomeSchema>

/**
 * Splits the survey once and for good: draws the frozen test set and, from the pool that is left, the initial set that becomes round 0.
 * `test` and `initial` are a share (below 1) of the galaxies to draw from, or a count; `initial` may be all. Only galaxies with an image
 * are drawn; neighbours on the sky go to one side together, so those of a test galaxy are held out even without an image.
 * With recorded votes, those of the initial set are revealed, and round 0 is closed at once if that labels all of it.
 * The drawing takes most of the time and comes before the one transaction that keeps it all; an import that ended in between is drawn anew.
 * At a million galaxies both take seconds: see `runSplit`. Errors: `split/exists`, `split/no-images`, `split/too-large`.
 */
export function splitSurvey(db: WritableDb, request: SplitRequest): SplitOutcome {
  refuseSecondSplit(db)
  for (;;) {
    const imports = completedImports(db)
    const draw = drawSplit(db, request)
    const outcome = db
      .transaction(() => {
        refuseSecondSplit(db)
        return completedImports(db) === imports ? keepSplit(db, request, draw) : null
      })
      .immediate()
    if (outcome !== null) return outcome
  }
}

function refuseSecondSplit(db: ReadableDb): void {
  const split = readSplit(db)
  if (split === null) return
  throw new AppError(
    'split/exists',
    `This survey was split on ${split.at.slice(0, 10)} with seed ${split.seed}; the test set is frozen, or its errors would mean nothing. Make a new project for another split.`,
  )
}

/** How many imports are visible. None ever goes again, so the same number means the same galaxies. */
function completedImports(db: ReadableDb): number {
  return db.prepare<[], number>('SELECT count(*) FROM imports WHERE completed_at IS NOT NULL').pluck().get()!
}

function keepSplit(
  db: WritableDb,
  request: SplitRequest,
  { groups, heldOut, tested, initial, inclusionProbability }: SplitDraw,
): SplitOutcome {
  keepSkyGroups(db, groups)
  const hold = db.prepare("INSERT INTO held_out (galaxy_key, side) VALUES (?, 'test')")
  for (const key of heldOut) hold.run(key)
  writeSetting(db, 'split', { ...request, at: new Date().toISOString() })
  keepTestVotes(db)
  const revealed = initial.length === 0 ? 0 : openRoundZero(db, initial, inclusionProbability, request)
  return { test: tested, initial: initial.length, revealed }
}

function openRoundZero(db: WritableDb, keys: readonly number[], inclusionProbability: number, request: SplitRequest): number {
  const picks = keys.map((galaxyKey) => ({ galaxyKey, score: null, isRandom: true, inclusionProbability, parts: {} }))
  const round = openRound(db, { strategy: 'random', modelId: null, seed: request.seed, params: request }, picks)
  const voteSet = projectVoteSet(db)
  const revealed = voteSet === null ? 0 : reveal(db, round, voteSet)
  if (revealed === keys.length) closeRound(db, round)
  return revealed
}

/**
 * The recorded oracle: lets training use the recorded votes of the galaxies of `round`, and returns how many there are that were hidden.
 * Throws `votes/none` in a project without votes, and `round/unknown`.
 */
export function revealVotes(db: WritableDb, round: number): number {
  return db
    .transaction(() => {
      if (db.prepare('SELECT 1 FROM rounds WHERE round = ?').get(round) === undefined) {
        throw new AppError('round/unknown', `There is no round ${round} in this project.`)
      }
      const voteSet = projectVoteSet(db)
      if (voteSet === null)
        throw new AppError('votes/none', 'This project has no recorded votes to reveal. Label the galaxies in the Label view.')
      return reveal(db, round, voteSet)
    })
    .immediate()
}

/** In the order of the keys: the votes of a large initial set are then read one after another, which is several times as fast. */
function reveal(db: WritableDb, round: number, voteSet: VoteSet): number {
  return db
    .prepare(
      `INSERT INTO revealed_votes (galaxy_key, round)
       SELECT galaxy_key, :round FROM acquisitions JOIN votes USING (galaxy_key) WHERE round = :round AND vote_set_key = :voteSet
       ORDER BY galaxy_key
       ON CONFLICT (galaxy_key) DO NOTHING`,
    )
    .run({ round, voteSet: voteSet.key }).changes
}
