import { AppError } from '@shared/science/errors'
import type { SplitRequest } from '@shared/contract/requests'
import { createRandom } from '@shared/science/stats/random'
import type { ReadableDb, WritableDb } from './database'
import { findSkyGroups, keepSkyGroups, type SkyGroupByKey } from './positions'
import { closeRound, openRound } from './rounds'
import { writeSetting } from './settings'
import { readSplit } from './split-record'
import { projectVoteSet, type VoteSet } from './votes'

/** What a split made. `revealed`: galaxies of the initial set whose recorded votes training may use now. */
export type SplitOutcome = { test: number; initial: number; revealed: number }

/**
 * Splits the survey once and for good: draws the frozen test set and, from the pool that is left, the initial set that becomes round 0.
 * `test` and `initial` are a share (below 1) of the galaxies to draw from, or a count; `initial` may be all. Only galaxies with an image
 * are drawn; neighbours on the sky go to one side together, so those of a test galaxy are held out even without an image.
 * With recorded votes, those of the initial set are revealed, and round 0 is closed at once if that labels all of it.
 * Errors: `split/exists`, `split/no-images`, `split/too-large`.
 */
export function splitSurvey(db: WritableDb, request: SplitRequest): SplitOutcome {
  refuseSecondSplit(db)
  const groups = findSkyGroups(db)
  return db
    .transaction(() => {
      refuseSecondSplit(db)
      const withImages = keysWithImages(db)
      if (withImages.length === 0) {
        throw new AppError(
          'split/no-images',
          'No galaxy of this project has an image, so none can be trained or tested on. Import the images first.',
        )
      }
      const testCount = asCount(request.test, withImages.length)
      const random = createRandom(request.seed, 'split')
      const heldOut = drawHeldOut(random.shuffle(withImages), groups, testCount)
      const pool = withImages.filter((key) => !heldOut.all.has(key))
      const initialCount = request.initial === 'all' ? pool.length : asCount(request.initial, pool.length)
      if (heldOut.tested < testCount || initialCount > pool.length || pool.length === 0) {
        const asked = `${request.test} to test and ${request.initial} to begin with`
        throw new AppError(
          'split/too-large',
          `There are ${withImages.length} galaxies with images; they do not hold ${asked}. Ask for fewer.`,
        )
      }
      keepSkyGroups(db, groups)
      const hold = db.prepare("INSERT INTO held_out (galaxy_key, side) VALUES (?, 'test')")
      for (const key of heldOut.all) hold.run(key)
      writeSetting(db, 'split', { ...request, at: new Date().toISOString() })
      const initial = random.sample(pool, initialCount)
      const revealed = initialCount === 0 ? 0 : openRoundZero(db, initial, initialCount / pool.length, request)
      return { test: heldOut.tested, initial: initialCount, revealed }
    })
    .immediate()
}

function refuseSecondSplit(db: ReadableDb): void {
  const split = readSplit(db)
  if (split === null) return
  throw new AppError(
    'split/exists',
    `This survey was split on ${split.at.slice(0, 10)} with seed ${split.seed}; the test set is frozen, or its errors would mean nothing. Make a new project for another split.`,
  )
}

function keysWithImages(db: ReadableDb): number[] {
  return db
    .prepare<[], number>('SELECT galaxy_key FROM views JOIN galaxies USING (galaxy_key) WHERE view = 1 ORDER BY galaxy_key')
    .pluck()
    .all()
}

function asCount(asked: number, available: number): number {
  return asked < 1 ? Math.round(asked * available) : Math.round(asked)
}

/** Takes whole sky groups in the order of `shuffled` until `count` galaxies with images are held out; passes over a group too large for the rest. */
function drawHeldOut(shuffled: readonly number[], groups: SkyGroupByKey, count: number): { all: Set<number>; tested: number } {
  const hasImage = new Set(shuffled)
  const members = new Map<number, number[]>()
  for (const [key, group] of groups) members.set(group, [...(members.get(group) ?? []), key])
  const all = new Set<number>()
  let tested = 0
  for (const key of shuffled) {
    if (tested === count) break
    if (all.has(key)) continue
    const group = groups.get(key)
    const together = group === undefined ? [key] : members.get(group)!
    const added = together.filter((member) => hasImage.has(member)).length
    if (tested + added > count) continue
    for (const member of together) all.add(member)
    tested += added
  }
  return { all, tested }
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

function reveal(db: WritableDb, round: number, voteSet: VoteSet): number {
  return db
    .prepare(
      `INSERT INTO revealed_votes (galaxy_key, round)
       SELECT galaxy_key, :round FROM acquisitions JOIN votes USING (galaxy_key) WHERE round = :round AND vote_set_key = :voteSet
       ON CONFLICT (galaxy_key) DO NOTHING`,
    )
    .run({ round, voteSet: voteSet.key }).changes
}
