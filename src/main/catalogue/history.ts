import type { History, HistoryEntry } from '@shared/contract/labelling'
import type { ReadableDb } from './database'
import { rowToLabel, type LabelRow } from './labels'
import { standingTest, type Undoing } from './standing'

/** `text`: the start of a galaxy's id, or a part of a question, an answer or a note. `before`: only entries older than this sequence. */
export type HistoryQuery = {
  before?: number | undefined
  limit: number
  annotator?: string | undefined
  galaxyKey?: number | undefined
  text?: string | undefined
}

const CONDITIONS: Record<string, string> = {
  before: 'sequence < :before',
  annotator: 'annotator = :annotator',
  galaxyKey: 'labels.galaxy_key = :galaxyKey',
  text: `(id LIKE :text || '%' ESCAPE '\\' OR note LIKE '%' || :text || '%' ESCAPE '\\' OR question LIKE '%' || :text || '%' ESCAPE '\\'
    OR answer LIKE '%' || :text || '%' ESCAPE '\\')`,
}

/** The log, newest first, with what was undone marked. Undos themselves are no lines of it. */
export function readHistory(db: ReadableDb, { limit, ...query }: HistoryQuery): History {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const values = Object.fromEntries(given.map(([name, value]) => [name, name === 'text' ? escapeLike(String(value)) : value]))
  const conditions = given.map(([name]) => ` AND ${CONDITIONS[name]!}`).join('')
  const rows = db
    .prepare<Record<string, unknown>, LabelRow & Pick<HistoryEntry, 'sequence' | 'id'>>(
      `SELECT uuid, labels.galaxy_key AS galaxyKey, kind, question, answer, note, undoes, batch, round, annotator, duration_ms AS durationMs, at,
         hint_seen AS hintSeen, sequence, id
       FROM labels JOIN all_galaxies USING (galaxy_key) WHERE kind <> 'undo' ${conditions} ORDER BY sequence DESC LIMIT :limit`,
    )
    .all({ ...values, limit })
  const stands = standingTest(
    undoingOf(
      db,
      rows.map(({ galaxyKey }) => galaxyKey),
    ),
  )
  const entries = rows.map((row) => ({ ...rowToLabel(row), stands: stands(row.uuid) }))
  return { entries, next: rows.length === limit ? rows.at(-1)!.sequence : null }
}

/** The undos of these galaxies. */
function undoingOf(db: ReadableDb, keys: readonly number[]): Undoing[] {
  const ofGalaxy = db.prepare<[number], Undoing>('SELECT uuid, undoes FROM labels WHERE galaxy_key = ? AND undoes IS NOT NULL')
  return [...new Set(keys)].flatMap((key) => ofGalaxy.all(key))
}

const escapeLike = (text: string) => text.replaceAll(/[\\%_]/g, String.raw`\$&`)
