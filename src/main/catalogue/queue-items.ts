import type { Acquisition, QueueItem, ScorePart } from '@shared/contract/records'
import type { StrategyName } from '@shared/contract/job'
import type { ReadableDb } from './database'
import { readGalaxy } from './galaxies'
import { areHintsOpen } from './hints'
import type { LabelState } from './label-state'
import { readLabellingSettings } from './labelling-settings'
import { readLabelState } from './labels'
import { placeIn } from './places'
import { readOpenRound } from './rounds'
import { keptStatement, keptValue } from './statements'
import { turnOf } from './turns'

/**
 * A galaxy's turn in the queue of a round. `position` orders the queue: even for the galaxies of the round, at twice their place; odd for the
 * visits between them ([Note: Turns]).
 */
export type Member = { galaxyKey: number; position: number; pass: number; isVisit: boolean }

type GalaxyRow = {
  id: string
  raDeg: number | null
  decDeg: number | null
  pixelScaleArcsec: number | null
  checksum: string | null
  isDone: number
}
type ReasonRow = {
  modelId: string | null
  strategy: StrategyName
  score: number | null
  isRandom: number
  inclusionProbability: number | null
  parts: string
}

/** Reads the items of one round for one annotator, each with what was said in its turn. */
export function itemReader(db: ReadableDb, round: number, annotator: string): (member: Member) => QueueItem {
  const isTold = reasonsAreTold(db, round, annotator)
  const { hints } = readLabellingSettings(db)
  const reason = keptStatement<[{ round: number; galaxyKey: number }], ReasonRow>(
    db,
    `SELECT strategy, model_id AS modelId, score, coalesce(is_random, 1) AS isRandom, inclusion_probability AS inclusionProbability,
       coalesce(parts, '{}') AS parts
     FROM rounds LEFT JOIN acquisitions ON acquisitions.round = rounds.round AND galaxy_key = :galaxyKey WHERE rounds.round = :round`,
  )
  const galaxyOf = galaxyReader(db, annotator)
  return ({ galaxyKey, position, pass, isVisit }) => {
    const galaxy = galaxyOf(galaxyKey)
    const state = readLabelState(db, galaxyKey, annotator, pass)
    const item = itemOf(db, galaxyKey, galaxy, state, { pass, isDone: !isVisit && galaxy.isDone === 1 })
    if (!isTold && !item.isComplete) return item
    const row = reason.get({ round, galaxyKey })!
    const place = { round, rank: Math.floor(position / 2) }
    return { ...item, acquisition: acquisitionOf(row, place, { isVisit, tellsHints: areHintsOpen(hints, item.isComplete) }) }
  }
}

/** One galaxy as the queue shows it, also when it is not in the open round: then without the reason it was chosen. Throws `galaxy/unknown`. */
export function readQueueItem(db: ReadableDb, galaxyKey: number, annotator: string, pass = 0): QueueItem {
  const round = readOpenRound(db)
  const member = round === null ? undefined : memberOf(db, round, galaxyKey, annotator, pass)
  if (round !== null && member !== undefined) return itemReader(db, round, annotator)(member)
  // Also for what it throws where there is no such galaxy.
  readGalaxy(db, galaxyKey)
  const state = readLabelState(db, galaxyKey, annotator, pass)
  return itemOf(db, galaxyKey, galaxyReader(db, annotator)(galaxyKey), state, { pass, isDone: false })
}

function memberOf(db: ReadableDb, round: number, galaxyKey: number, annotator: string, pass: number): Member | undefined {
  const visit = keptValue<[number, string, number, number], number>(
    db,
    'SELECT place FROM visits WHERE round = ? AND annotator = ? AND galaxy_key = ? AND pass = ?',
  ).get(round, annotator, galaxyKey, pass)
  if (visit !== undefined) return { galaxyKey, pass, position: 2 * visit + 1, isVisit: true }
  const place = pass === 0 ? placeIn(db, round, galaxyKey) : undefined
  return place === undefined ? undefined : { galaxyKey, pass, position: 2 * place, isVisit: false }
}

/** `isDone`: the recorded votes were revealed, or another annotator has answered and nobody else is asked. */
function galaxyReader(db: ReadableDb, annotator: string): (galaxyKey: number) => GalaxyRow {
  const statement = keptStatement<[{ galaxyKey: number; annotator: string }], GalaxyRow>(
    db,
    `SELECT id, ra_deg AS raDeg, dec_deg AS decDeg, pixel_scale_arcsec AS pixelScaleArcsec, checksum,
       EXISTS (SELECT 1 FROM revealed_votes WHERE revealed_votes.galaxy_key = :galaxyKey)
       OR EXISTS (SELECT 1 FROM label_states WHERE label_states.galaxy_key = :galaxyKey AND is_complete = 1 AND is_shared = 0
         AND annotator <> :annotator) AS isDone
     FROM galaxies LEFT JOIN views ON views.galaxy_key = galaxies.galaxy_key AND view = 1 WHERE galaxies.galaxy_key = :galaxyKey`,
  )
  return (galaxyKey) => statement.get({ galaxyKey, annotator })!
}

function itemOf(
  db: ReadableDb,
  galaxyKey: number,
  { id, raDeg, decDeg, pixelScaleArcsec, checksum }: GalaxyRow,
  { isComplete, ...state }: LabelState,
  { pass, isDone }: { pass: number; isDone: boolean },
): QueueItem {
  const imageUrl = checksum === null ? null : `/api/galaxies/${galaxyKey}/image?view=1`
  const turn = turnOf(db, galaxyKey, pass)
  return { galaxyKey, id, raDeg, decDeg, pixelScaleArcsec, imageUrl, turn, ...state, isComplete: isComplete || isDone, acquisition: null }
}

/**
 * Whether the reasons of a round may be shown before the answer. Test galaxies and visits pass for random ones; where the round has none of
 * those to hide among, whoever is without a score would be one of them.
 */
function reasonsAreTold(db: ReadableDb, round: number, annotator: string): boolean {
  const sql = `SELECT NOT EXISTS (SELECT 1 FROM test_draws WHERE round = :round)
      AND NOT EXISTS (SELECT 1 FROM visits WHERE round = :round AND annotator = :annotator)
    OR EXISTS (SELECT 1 FROM acquisitions WHERE round = :round AND is_random = 1)`
  return keptValue<[{ round: number; annotator: string }], number>(db, sql).get({ round, annotator }) === 1
}

/** Everything drawn at random looks alike, or the expert would know the test galaxies: place for rank, no score, parts or probability. */
function acquisitionOf(
  { strategy, modelId, ...row }: ReasonRow,
  { round, rank }: { round: number; rank: number },
  { isVisit, tellsHints }: { isVisit: boolean; tellsHints: boolean },
): Acquisition {
  if (isVisit || row.isRandom === 1)
    return { round, rank, strategy, modelId, score: null, isRandom: true, inclusionProbability: null, parts: {} }
  const scored = JSON.parse(row.parts) as Record<string, ScorePart>
  const parts = Object.fromEntries(
    Object.entries(scored).map(([question, { mutualInformation, proportionAsked }]) => [
      question,
      { nats: mutualInformation * proportionAsked, proportionAsked: tellsHints ? proportionAsked : null },
    ]),
  )
  return { round, rank, strategy, modelId, score: row.score, isRandom: false, inclusionProbability: row.inclusionProbability, parts }
}
