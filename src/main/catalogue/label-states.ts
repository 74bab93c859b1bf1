import { createRandom } from '@shared/science/stats/random'
import type { ReadableDb, WritableDb } from './database'
import { labelStates } from './labelled'
import type { LabelState } from './label-state'
import { readLabellingSettings } from './labelling-settings'
import { readSetting, writeSetting } from './settings'
import { keptStatement, keptValue } from './statements'
import { projectTree } from './trees'

/** A galaxy that an annotator said something about; see the table `label_states`. */
type StateRow = { galaxyKey: number; annotator: string; round: number | null; sequence: number }

/** Keeps what the log now says of a galaxy and annotator. Returns whether this entry completed it. Call in the transaction of the entry. */
export function keepLabelState(db: WritableDb, row: StateRow, { isComplete, isSkipped }: LabelState): boolean {
  const wasComplete = keptValue<[number, string], number>(
    db,
    'SELECT is_complete FROM label_states WHERE galaxy_key = ? AND annotator = ?',
  ).get(row.galaxyKey, row.annotator)
  keptStatement(
    db,
    `INSERT INTO label_states (galaxy_key, annotator, round, is_complete, is_skipped, is_shared, done_at)
     VALUES (:galaxyKey, :annotator, :round, :isComplete, :isSkipped, :isShared, :doneAt)
     ON CONFLICT (galaxy_key, annotator) DO UPDATE SET
       round = coalesce(excluded.round, round), is_complete = excluded.is_complete, is_skipped = excluded.is_skipped,
       done_at = CASE WHEN excluded.is_complete = 1 THEN coalesce(done_at, excluded.done_at) END`,
  ).run({
    galaxyKey: row.galaxyKey,
    annotator: row.annotator,
    round: row.round,
    isComplete: Number(isComplete),
    isSkipped: Number(isSkipped),
    isShared: Number(isAskedOfAll(db, row.galaxyKey)),
    doneAt: isComplete ? row.sequence : null,
  })
  return isComplete && wasComplete !== 1
}

/** Whether a galaxy is of the share that every annotator is asked about: the same ones however often it is asked. */
export function isAskedOfAll(db: ReadableDb, galaxyKey: number): boolean {
  const { doubleShare } = readLabellingSettings(db)
  return doubleShare > 0 && createRandom(0, 'asked-of-all', galaxyKey).next() < doubleShare
}

/** What was said of the galaxies of a round before it was opened, and in no other, counts in it. Call in the transaction that opens it. */
export function takeStates(db: WritableDb, round: number): void {
  db.prepare<{ round: number }>(
    `UPDATE label_states SET round = :round WHERE round IS NULL
       AND (EXISTS (SELECT 1 FROM acquisitions WHERE round = :round AND acquisitions.galaxy_key = label_states.galaxy_key)
         OR EXISTS (SELECT 1 FROM test_draws WHERE round = :round AND test_draws.galaxy_key = label_states.galaxy_key))`,
  ).run({ round })
}

/** Folds the whole log, once, in a catalogue that was labelled before the states were kept. */
export function fillLabelStates(db: WritableDb): void {
  if (readSetting(db, 'labelStates') === 1) return
  db.transaction(() => {
    db.exec('DELETE FROM label_states')
    const last = db.prepare<[number, string], { sequence: number; round: number | null }>(
      'SELECT max(sequence) AS sequence, max(round) AS round FROM labels WHERE galaxy_key = ? AND annotator = ? AND pass = 0',
    )
    const hasLabels = db.prepare('SELECT 1 FROM labels LIMIT 1').get() !== undefined
    if (hasLabels)
      for (const { galaxyKey, byAnnotator } of labelStates(db, projectTree(db).tree))
        for (const [annotator, state] of byAnnotator)
          keepLabelState(db, { galaxyKey, annotator, ...last.get(galaxyKey, annotator)! }, state)
    writeSetting(db, 'labelStates', 1)
  }).immediate()
}
