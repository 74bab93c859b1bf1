import type { Metrics } from '@shared/contract/records'
import type { ReadableDb, WritableDb } from './database'

/** Keeps the errors of a model on the test set, in place of earlier ones. */
export function saveMetrics(db: WritableDb, metrics: Metrics): void {
  db.prepare(
    `INSERT INTO measures (model_id, metrics, measured_at) VALUES (?, ?, ?)
     ON CONFLICT (model_id) DO UPDATE SET metrics = excluded.metrics, measured_at = excluded.measured_at`,
  ).run(metrics.modelId, JSON.stringify(metrics), new Date().toISOString())
}

/** Null until the model was measured. */
export function readMetrics(db: ReadableDb, modelId: string): Metrics | null {
  const text = db.prepare<[string], string>('SELECT metrics FROM measures WHERE model_id = ?').pluck().get(modelId)
  return text === undefined ? null : (JSON.parse(text) as Metrics)
}
