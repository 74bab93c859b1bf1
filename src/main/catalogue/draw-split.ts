import { AppError } from '@shared/science/errors'
import type { SplitRequest } from '@shared/contract/requests'
import { createRandom } from '@shared/science/stats/random'
import type { ReadableDb } from './database'
import { groupBy } from './group-by'
import { findSkyGroups, type SkyGroupByKey } from './positions'
import { projectVoteSet } from './votes'

/** A split as it was drawn. `heldOut`: the keys of the test side, rising; `tested` of them have an image. `initial`: in the order drawn. */
export type SplitDraw = {
  readonly groups: SkyGroupByKey
  readonly heldOut: readonly number[]
  readonly tested: number
  readonly initial: readonly number[]
  /** With which each galaxy of the pool came into the initial set. */
  readonly inclusionProbability: number
}

/** The initial set of a survey without votes: a quarter of a million galaxies is nothing that an expert can label. */
const BY_HAND = 50

/** Draws the test set and the initial set that `request` asks for; writes nothing. Errors: `split/no-images`, `split/too-large`. */
export function drawSplit(db: ReadableDb, request: SplitRequest): SplitDraw {
  const withImages = keysWithImages(db)
  if (withImages.length === 0) {
    throw new AppError(
      'split/no-images',
      'No galaxy of this project has an image, so none can be trained or tested on. Import the images first.',
    )
  }
  const groups = findSkyGroups(db)
  const testCount = asCount(request.test, withImages.length)
  const random = createRandom(request.seed, 'split')
  const { heldOut, tested } = drawHeldOut(random.shuffle(withImages), groups, testCount)
  const pool = withImages.filter((key) => !heldOut.has(key))
  const initial = request.initial ?? (projectVoteSet(db) === null ? Math.min(BY_HAND, pool.length) : 0.25)
  const initialCount = initial === 'all' ? pool.length : asCount(initial, pool.length)
  if (tested < testCount || initialCount > pool.length || pool.length === 0) {
    const asked = `${request.test} to test and ${initial} to begin with`
    throw new AppError('split/too-large', `There are ${withImages.length} galaxies with images; they do not hold ${asked}. Ask for fewer.`)
  }
  return {
    groups,
    heldOut: [...heldOut].sort((a, b) => a - b),
    tested,
    initial: random.sample(pool, initialCount),
    inclusionProbability: initialCount / pool.length,
  }
}

function keysWithImages(db: ReadableDb): number[] {
  return db.prepare<[], number>('SELECT galaxy_key FROM views WHERE view = 1 ORDER BY galaxy_key').pluck().all()
}

function asCount(asked: number, available: number): number {
  return asked < 1 ? Math.round(asked * available) : Math.round(asked)
}

/** Takes whole sky groups in the order of `shuffled` until `count` galaxies with images are held out; passes over a group too large for the rest. */
function drawHeldOut(shuffled: readonly number[], groups: SkyGroupByKey, count: number): { heldOut: Set<number>; tested: number } {
  const hasImage = new Set(shuffled.filter((key) => groups.has(key)))
  const members = groupBy(groups.keys(), (key) => groups.get(key)!)
  const heldOut = new Set<number>()
  let tested = 0
  for (const key of shuffled) {
    if (tested === count) break
    if (heldOut.has(key)) continue
    const group = groups.get(key)
    if (group === undefined) {
      heldOut.add(key)
      tested++
      continue
    }
    const together = members.get(group)!
    const added = together.filter((member) => hasImage.has(member)).length
    if (tested + added > count) continue
    for (const member of together) heldOut.add(member)
    tested += added
  }
  return { heldOut, tested }
}
