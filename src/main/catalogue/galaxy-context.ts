import type { GalaxyContext } from '@shared/contract/labelling'
import { questionRanges } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from './database'
import { readGalaxy } from './galaxies'
import { readLabelState } from './labels'
import { readTree } from './trees'
import { decodeCounts, voteSets } from './votes'

/** Whose labels may be shown, whether the volunteers' votes, and the other columns of the table: blind labelling shows none of them. */
export type ContextQuery = { annotator?: string | undefined; votes: boolean; others: boolean; columns: boolean }

/** What is known of a galaxy. Throws `galaxy/unknown`. */
export function readGalaxyContext(db: ReadableDb, galaxyKey: number, { annotator, votes, others, columns }: ContextQuery): GalaxyContext {
  const { id, raDeg, decDeg, metadata } = readGalaxy(db, galaxyKey)
  const views = db
    .prepare<[number], Omit<GalaxyContext['views'][number], 'url'>>(
      `SELECT view, pixel_scale_arcsec AS pixelScaleArcsec, width_px AS widthPx, height_px AS heightPx
       FROM views WHERE galaxy_key = ? ORDER BY view`,
    )
    .all(galaxyKey)
    .map((view) => ({ ...view, url: `/api/galaxies/${galaxyKey}/image?view=${view.view}` }))
  return {
    galaxyKey,
    id,
    raDeg,
    decDeg,
    metadata: columns ? metadata : null,
    views,
    votes: votes ? votesOf(db, galaxyKey) : null,
    others: others ? othersOf(db, galaxyKey, annotator) : null,
  }
}

/** Counts by campaign, question and answer. */
function votesOf(db: ReadableDb, galaxyKey: number): NonNullable<GalaxyContext['votes']> {
  const counts = db.prepare<[number, number], Buffer>('SELECT counts FROM votes WHERE vote_set_key = ? AND galaxy_key = ?').pluck()
  const byCampaign: NonNullable<GalaxyContext['votes']> = {}
  for (const { key, campaign, treeVersion } of voteSets(db)) {
    const stored = counts.get(key, galaxyKey)
    if (!stored) continue
    const tree = readTree(db, treeVersion)
    const counts_A = decodeCounts(stored)
    byCampaign[campaign] = Object.fromEntries(
      questionRanges(tree).map(({ start }, q) => {
        const { name, answers } = tree.questions[q]!
        return [name, Object.fromEntries(answers.map((answer, i) => [answer, counts_A[start + i]!]))]
      }),
    )
  }
  return byCampaign
}

function othersOf(db: ReadableDb, galaxyKey: number, annotator: string | undefined): NonNullable<GalaxyContext['others']> {
  return db
    .prepare<[number], string>('SELECT DISTINCT annotator FROM labels WHERE galaxy_key = ? ORDER BY annotator')
    .pluck()
    .all(galaxyKey)
    .filter((name) => name !== annotator)
    .map((name) => {
      const { answers, cannotTell, notes, isFlagged } = readLabelState(db, galaxyKey, name)
      return { annotator: name, answers, cannotTell, notes: notes.map(({ note }) => note), isFlagged }
    })
}
