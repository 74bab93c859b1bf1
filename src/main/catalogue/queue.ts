import type { Queue, QueueProgress } from '@shared/contract/records'
import type { ReadableDb } from './database'
import { itemReader, type Member } from './queue-items'
import { readOpenRound } from './rounds'
import { keptStatement } from './statements'

/** Items from a position on, or those just before one. Without either, from the start. */
export type QueuePage = { limit: number } & ({ from?: number | undefined } | { before: number })

const WHOLE: QueuePage = { limit: Number.MAX_SAFE_INTEGER }

/** A part of the Label queue of the open round as this annotator has labelled it, with the totals of the whole; null when no round is open. */
export function readQueue(db: ReadableDb, annotator: string, page: QueuePage = WHOLE): Queue | null {
  const round = readOpenRound(db)
  if (round === null) return null
  const members = readMembers(db, round, annotator, page)
  const toItem = itemReader(db, round, annotator)
  return {
    round,
    ...countRound(db, round, annotator),
    items: members.map((member) => ({ position: member.position, ...toItem(member) })),
  }
}

/** In the order they are labelled. */
function readMembers(db: ReadableDb, round: number, annotator: string, page: QueuePage): Member[] {
  const isBefore = 'before' in page
  const at = isBefore ? page.before : (page.from ?? 0)
  const condition = (position: string) => (isBefore ? `${position} < :at` : `${position} >= :at`)
  const order = isBefore ? 'DESC' : 'ASC'
  const part = (columns: string, from: string, position: string) =>
    `SELECT * FROM (SELECT galaxy_key AS galaxyKey, ${columns} FROM ${from} AND ${condition(position)} ORDER BY place ${order} LIMIT :limit)`
  const rows = db
    .prepare<{ round: number; annotator: string; at: number; limit: number }, Omit<Member, 'isVisit'> & { isVisit: number }>(
      `${part('2 * place AS position, 0 AS pass, 0 AS isVisit', 'acquisitions WHERE round = :round', '2 * place')}
       UNION ALL ${part('2 * place AS position, 0 AS pass, 0 AS isVisit', 'test_draws WHERE round = :round', '2 * place')}
       UNION ALL ${part('2 * place + 1 AS position, pass, 1 AS isVisit', 'visits WHERE round = :round AND annotator = :annotator', '2 * place + 1')}
       ORDER BY position ${order} LIMIT :limit`,
    )
    .all({ round, annotator, at, limit: page.limit })
    .map((row) => ({ ...row, isVisit: row.isVisit === 1 }))
  return isBefore ? rows.reverse() : rows
}

/** How far the annotator is with the open round; null when none is open. */
export function readProgress(db: ReadableDb, annotator: string): QueueProgress | null {
  const round = readOpenRound(db)
  return round === null ? null : countRound(db, round, annotator)
}

/** A galaxy `own` that the annotator skipped and that nobody has done since. */
const isLeftSkipped = `own.annotator = :annotator AND own.is_complete = 0 AND own.is_skipped = 1
  AND NOT EXISTS (SELECT 1 FROM revealed_votes WHERE revealed_votes.galaxy_key = own.galaxy_key)
  AND NOT EXISTS (SELECT 1 FROM label_states AS said WHERE said.galaxy_key = own.galaxy_key AND said.is_complete = 1 AND said.is_shared = 0)`

/** Of the galaxies of the round; visits do not count. */
function countRound(db: ReadableDb, round: number, annotator: string): QueueProgress {
  return keptStatement<[{ round: number; annotator: string }], QueueProgress>(
    db,
    `SELECT
         (SELECT count(*) FROM acquisitions WHERE round = :round) + (SELECT count(*) FROM test_draws WHERE round = :round) AS total,
         (SELECT count(*) FROM revealed_votes WHERE round = :round)
           + (SELECT count(DISTINCT galaxy_key) FROM label_states WHERE round = :round AND is_complete = 1
               AND (annotator = :annotator OR is_shared = 0)
               AND NOT EXISTS (SELECT 1 FROM revealed_votes WHERE revealed_votes.galaxy_key = label_states.galaxy_key)) AS complete,
         (SELECT count(*) FROM label_states AS own WHERE round = :round AND ${isLeftSkipped}) AS skipped`,
  ).get({ round, annotator })!
}

/**
 * The position of the first galaxy after `after` that this annotator has still to label: not complete, not skipped, not done otherwise; null
 * at the end. With `skipped` the first that was skipped and is not done.
 */
export function nextOpenPosition(db: ReadableDb, annotator: string, after: number, skipped = false): number | null {
  const round = readOpenRound(db)
  if (round === null) return null
  const isOpen = skipped
    ? `EXISTS (SELECT 1 FROM label_states AS own WHERE own.galaxy_key = member.galaxy_key AND ${isLeftSkipped})`
    : `NOT EXISTS (SELECT 1 FROM revealed_votes WHERE revealed_votes.galaxy_key = member.galaxy_key)
       AND NOT EXISTS (SELECT 1 FROM label_states AS said WHERE said.galaxy_key = member.galaxy_key
         AND (said.annotator = :annotator AND (said.is_complete = 1 OR said.is_skipped = 1)
           OR said.annotator <> :annotator AND said.is_complete = 1 AND said.is_shared = 0))`
  const first = (from: string) =>
    `SELECT * FROM (SELECT 2 * place FROM ${from} AS member WHERE round = :round AND 2 * place > :after AND ${isOpen} ORDER BY place LIMIT 1)`
  const visits = `SELECT 2 * place + 1 FROM visits WHERE round = :round AND annotator = :annotator AND 2 * place + 1 > :after AND done = 0`
  return (
    db
      .prepare<{ round: number; annotator: string; after: number }, number>(
        `${first('acquisitions')} UNION ALL ${first('test_draws')} ${skipped ? '' : `UNION ALL ${visits}`} ORDER BY 1 LIMIT 1`,
      )
      .pluck()
      .get({ round, annotator, after }) ?? null
  )
}
