import type { Acquisition, Queue, QueueItem, ScorePart } from '@shared/contract/records'
import type { StrategyName } from '@shared/contract/job'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from './database'
import { readGalaxy } from './galaxies'
import { groupBy } from './group-by'
import { labelState, type LabelEntry } from './label-state'
import { readLabelState } from './labels'
import { readOpenRound } from './rounds'
import { projectTree } from './trees'

type QueueRow = {
  galaxyKey: number
  id: string
  raDeg: number | null
  decDeg: number | null
  pixelScaleArcsec: number | null
  checksum: string | null
  isRevealed: number
  place: number
  round: number
  strategy: StrategyName
  modelId: string | null
  score: number | null
  isRandom: number
  inclusionProbability: number | null
  parts: string
}

/** The chosen galaxies of a round and the test galaxies between them; those appear as drawn at random. */
const MEMBERS = `
  SELECT galaxy_key, round, place, score, is_random, inclusion_probability, parts FROM acquisitions WHERE round = :round
  UNION ALL
  SELECT galaxy_key, round, place, NULL, 1, NULL, '{}' FROM test_draws WHERE round = :round`

const SELECT = `
  SELECT member.galaxy_key AS galaxyKey, galaxies.id, ra_deg AS raDeg, dec_deg AS decDeg,
    pixel_scale_arcsec AS pixelScaleArcsec, checksum, revealed_votes.round IS NOT NULL AS isRevealed,
    member.place, member.round, strategy, model_id AS modelId, score, is_random AS isRandom,
    inclusion_probability AS inclusionProbability, parts
  FROM (${MEMBERS}) AS member
  JOIN rounds USING (round)
  JOIN galaxies USING (galaxy_key)
  LEFT JOIN views ON views.galaxy_key = member.galaxy_key AND views.view = 1
  LEFT JOIN revealed_votes ON revealed_votes.galaxy_key = member.galaxy_key`

/** The Label queue of the open round as this annotator has labelled it; null when no round is open. */
export function readQueue(db: ReadableDb, annotator: string): Queue | null {
  const round = readOpenRound(db)
  if (round === null) return null
  const items = queueItems(db, annotator)
  return { round, total: items.length, complete: items.filter((item) => item.isComplete).length, items }
}

/** The galaxies of the open round in the order they are labelled; none when no round is open. */
export function queueItems(db: ReadableDb, annotator: string): QueueItem[] {
  const round = readOpenRound(db)
  if (round === null) return []
  const { tree } = projectTree(db)
  const entries = entriesByGalaxy(db, round, annotator)
  const rows = db.prepare<{ round: number }, QueueRow>(`${SELECT} ORDER BY member.place`).all({ round })
  const isTold = reasonsAreTold(db, round)
  return rows.map((row) => blind(rowToItem(row, tree, entries.get(row.galaxyKey) ?? []), isTold))
}

/**
 * Whether the reasons of a round may be shown before the answer. Test galaxies pass for random ones; where the round has none of those to hide
 * among, whoever is without a score would be a test galaxy.
 */
function reasonsAreTold(db: ReadableDb, round: number): boolean {
  const sql = `SELECT NOT EXISTS (SELECT 1 FROM test_draws WHERE round = :round)
    OR EXISTS (SELECT 1 FROM acquisitions WHERE round = :round AND is_random = 1)`
  return db.prepare<{ round: number }, number>(sql).pluck().get({ round }) === 1
}

function blind(item: QueueItem, isTold: boolean): QueueItem {
  return isTold || item.isComplete ? item : { ...item, acquisition: null }
}

/** One galaxy as the queue shows it, also when it is not in the open round: then without the reason it was chosen. Throws `galaxy/unknown`. */
export function readQueueItem(db: ReadableDb, galaxyKey: number, annotator: string): QueueItem {
  const round = readOpenRound(db)
  const row =
    round === null
      ? undefined
      : db
          .prepare<{ round: number; galaxyKey: number }, QueueRow>(`${SELECT} WHERE member.galaxy_key = :galaxyKey`)
          .get({ round, galaxyKey })
  const state = readLabelState(db, galaxyKey, annotator)
  if (row) {
    const item = { ...rowToItem(row, projectTree(db).tree, []), ...itemState(state, row.isRevealed === 1) }
    return blind(item, reasonsAreTold(db, row.round))
  }
  const { id, raDeg, decDeg } = readGalaxy(db, galaxyKey)
  const view = db
    .prepare<[number], { pixelScaleArcsec: number | null }>(
      'SELECT pixel_scale_arcsec AS pixelScaleArcsec FROM views WHERE galaxy_key = ? AND view = 1',
    )
    .get(galaxyKey)
  const image = { pixelScaleArcsec: view?.pixelScaleArcsec ?? null, imageUrl: view ? imageUrl(galaxyKey) : null }
  return { galaxyKey, id, raDeg, decDeg, ...image, ...itemState(state, false), acquisition: null }
}

function entriesByGalaxy(db: ReadableDb, round: number, annotator: string): Map<number, LabelEntry[]> {
  const rows = db
    .prepare<{ round: number; annotator: string }, LabelEntry & { galaxyKey: number }>(
      `SELECT labels.galaxy_key AS galaxyKey, uuid, kind, question, answer, note, undoes
       FROM (${MEMBERS}) AS member JOIN labels ON labels.galaxy_key = member.galaxy_key
       WHERE annotator = :annotator ORDER BY sequence`,
    )
    .all({ round, annotator })
  return groupBy(rows, (row) => row.galaxyKey)
}

function rowToItem(row: QueueRow, tree: DecisionTree, entries: readonly LabelEntry[]): QueueItem {
  const { galaxyKey, id, raDeg, decDeg, pixelScaleArcsec } = row
  const image = { pixelScaleArcsec, imageUrl: row.checksum === null ? null : imageUrl(galaxyKey) }
  return {
    galaxyKey,
    id,
    raDeg,
    decDeg,
    ...image,
    ...itemState(labelState(tree, entries), row.isRevealed === 1),
    acquisition: rowToAcquisition(row),
  }
}

/** A galaxy whose recorded votes were revealed needs no expert. */
function itemState({ answers, isSkipped, isFlagged, isComplete }: ReturnType<typeof labelState>, isRevealed: boolean) {
  return { answers, isSkipped, isFlagged, isComplete: isComplete || isRevealed }
}

/** Everything drawn at random looks alike, or the expert would know the test galaxies: place for rank, no score, parts or probability. */
function rowToAcquisition(row: QueueRow): Acquisition {
  const { round, place, strategy, modelId } = row
  if (row.isRandom === 1)
    return { round, rank: place, strategy, modelId, score: null, isRandom: true, inclusionProbability: null, parts: {} }
  const parts = JSON.parse(row.parts) as Record<string, ScorePart>
  return { round, rank: place, strategy, modelId, score: row.score, isRandom: false, inclusionProbability: row.inclusionProbability, parts }
}

function imageUrl(galaxyKey: number): string {
  return `/api/galaxies/${galaxyKey}/image?view=1`
}
