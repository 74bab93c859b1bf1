import type { ReadableDb, WritableDb } from './database'
import { standingTest, type Undoing } from './standing'
import { keptStatement } from './statements'

/** One annotator's turn with a galaxy; see [Note: Turns]. */
type Look = { galaxyKey: number; annotator: string; pass: number }

/** Writes down that what a model predicts for a question is given to the annotator. Call in a transaction that ends before it is sent. */
export function keepSight(db: WritableDb, { galaxyKey, annotator, pass }: Look, question: string, modelId: string): void {
  db.prepare(
    `INSERT INTO hint_sights (galaxy_key, annotator, pass, question, model_id, at)
     VALUES (:galaxyKey, :annotator, :pass, :question, :modelId, :at) ON CONFLICT DO NOTHING`,
  ).run({ galaxyKey, annotator, pass, question, modelId, at: new Date().toISOString() })
}

/** Whether what any model predicts for the question had been given to the annotator in this turn. */
export function wasHintSeen(db: ReadableDb, { galaxyKey, annotator, pass }: Look, question: string): boolean {
  const sql = 'SELECT 1 FROM hint_sights WHERE galaxy_key = ? AND annotator = ? AND pass = ? AND question = ? LIMIT 1'
  return keptStatement(db, sql).get(galaxyKey, annotator, pass, question) !== undefined
}

/** How many test galaxies have an answer that stands and was given after a prediction for its question had been shown. Reads the whole log. */
export function countHintedTestGalaxies(db: ReadableDb): number {
  const stands = standingTest(db.prepare<[], Undoing>('SELECT uuid, undoes FROM labels WHERE undoes IS NOT NULL').all())
  const rows = db
    .prepare<[], { uuid: string; galaxyKey: number }>(
      `SELECT uuid, galaxy_key AS galaxyKey FROM labels JOIN held_out USING (galaxy_key)
       WHERE side = 'test' AND hint_seen = 1 AND pass = 0 AND kind IN ('answer', 'resolve')`,
    )
    .all()
  return new Set(rows.filter(({ uuid }) => stands(uuid)).map(({ galaxyKey }) => galaxyKey)).size
}
