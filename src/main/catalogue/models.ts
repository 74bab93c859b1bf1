import { AppError } from '@shared/science/errors'
import type { ModelCard } from '@shared/contract/records'
import type { ReadableDb, WritableDb } from './database'

/** Keeps the card of a trained model; one trained again under its id (a resumed job) takes its place. */
export function saveModel(db: WritableDb, card: ModelCard): void {
  db.prepare(
    `INSERT INTO models (model_id, round, card, created_at) VALUES (:id, :round, :card, :createdAt)
     ON CONFLICT (model_id) DO UPDATE SET round = excluded.round, card = excluded.card, created_at = excluded.created_at`,
  ).run({ id: card.id, round: card.round, card: JSON.stringify(card), createdAt: card.createdAt })
}

/** Throws `model/unknown`. */
export function readModel(db: ReadableDb, id: string): ModelCard {
  const card = db.prepare<[string], string>('SELECT card FROM models WHERE model_id = ?').pluck().get(id)
  if (card !== undefined) return JSON.parse(card) as ModelCard
  const known = listModels(db).map((model) => model.id)
  throw new AppError(
    'model/unknown',
    `This project has no model "${id}". ${known.length > 0 ? `Its models are: ${known.join(', ')}.` : 'Train one first.'}`,
  )
}

/** All models, in the order they were trained (or came with the sample): the clock of the machine may have been set back in between. */
export function listModels(db: ReadableDb): ModelCard[] {
  return db.prepare<[], string>('SELECT card FROM models ORDER BY rowid').pluck().all().map(parseCard)
}

/** The models trained after a round, oldest first. */
export function modelsOfRound(db: ReadableDb, round: number): ModelCard[] {
  return db.prepare<[number], string>('SELECT card FROM models WHERE round = ? ORDER BY created_at').pluck().all(round).map(parseCard)
}

/** The model trained last, whatever round it belongs to; null when there is none. */
export function latestModel(db: ReadableDb): ModelCard | null {
  const card = db.prepare<[], string>('SELECT card FROM models ORDER BY rowid DESC LIMIT 1').pluck().get()
  return card === undefined ? null : parseCard(card)
}

function parseCard(text: string): ModelCard {
  return JSON.parse(text) as ModelCard
}
