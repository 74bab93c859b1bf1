import type { ReadableDb } from '@main/catalogue/database'
import { LABEL_COLUMNS, rowToLabel, type LabelRow } from '@main/catalogue/labels'
import { standingTest, type Undoing } from '@main/catalogue/standing'
import { writeCsv } from './csv-file'

type Row = LabelRow & { sequence: number; id: string; pass: number; treeVersion: string }

const HEADER = [
  ...['sequence', 'uuid', 'galaxy_id', 'kind', 'question', 'answer', 'note', 'undoes', 'batch', 'round', 'annotator', 'duration_ms', 'at'],
  ...['hint_seen', 'pass', 'tree_version', 'stands'],
]

/**
 * Writes the whole label log as CSV, an entry a row, oldest first, and gives the number of entries. `hint_seen`: whether the model's prediction for the
 * question had been shown before, empty where nobody knows or the entry is of no question. `pass` 1: about a galaxy that came back unannounced.
 * `stands`: false for what was undone. Errors: those of `writeCsv`.
 */
export async function writeLabelLog(db: ReadableDb, path: string): Promise<number> {
  // One moment of the log, whoever labels meanwhile.
  const read = db.transaction(() => ({
    rows: db
      .prepare<[], Row>(
        `SELECT ${LABEL_COLUMNS}, sequence, id, pass, tree_version AS treeVersion FROM labels JOIN all_galaxies USING (galaxy_key) ORDER BY sequence`,
      )
      .all(),
    stands: standingTest(db.prepare<[], Undoing>('SELECT uuid, undoes FROM labels WHERE undoes IS NOT NULL').all()),
  }))
  const { rows, stands } = read()
  await writeCsv(path, 'label logs', toTable(rows, stands))
  return rows.length
}

function* toTable(rows: readonly Row[], stands: (uuid: string) => boolean): Generator<string[]> {
  yield HEADER
  for (const row of rows) {
    const { sequence, uuid, id, kind, question, answer, note, undoes, batch, round, annotator, durationMs, at, hintSeen, ...rest } =
      rowToLabel(row)
    const values = [sequence, uuid, id, kind, question, answer, note, undoes, batch, round, annotator, durationMs, at, hintSeen]
    yield [...values, rest.pass, rest.treeVersion, stands(uuid)].map((value) => (value === null ? '' : String(value)))
  }
}
