import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@shared/science/errors'
import { modelCardSchema, type ModelCard } from '@shared/contract/records'
import { buildNetwork } from '../model/build'
import type { Network } from '../model/network'
import { loadWeights } from '../model/weights'

export type OpenModel = { card: ModelCard; network: Network; folder: string }

/** Where a model of a project lies. */
export function modelFolder(projectPath: string, modelId: string): string {
  return join(projectPath, 'models', modelId)
}

/** Columns of the network's output for a card: a binomial network gives two for its one answer. */
export function outputCountOf(card: Pick<ModelCard, 'likelihood' | 'outputs'>): number {
  return card.likelihood === 'binomial' ? 2 : card.outputs.length
}

/** The card and the network with its weights; dispose the network. Throws `model/unknown` and what is wrong with the weights. */
export async function openModel(projectPath: string, modelId: string): Promise<OpenModel> {
  const folder = modelFolder(projectPath, modelId)
  const cardPath = join(folder, 'card.json')
  if (!existsSync(cardPath)) throw new AppError('model/unknown', `There is no model ${modelId} in this project. Train one first.`)
  const card = modelCardSchema.parse(JSON.parse(readFileSync(cardPath, 'utf8')))
  const weightsPath = join(folder, 'weights.safetensors')
  if (sha256Of(weightsPath) !== card.weightsSha256)
    throw new AppError(
      'model/changed',
      `The weights of ${modelId} are not those that its card names. Put back the file ${weightsPath}, or train again.`,
    )
  const network = buildNetwork(card.network, { outputCount: outputCountOf(card), sizePx: card.sizePx, seed: card.seed })
  await loadWeights(weightsPath, network)
  return { card, network, folder }
}

/** The card of a model that is whole: its card can be read, and its weights are those that it names. Else null. */
export function wholeModel(folder: string): ModelCard | null {
  try {
    const card = modelCardSchema.parse(JSON.parse(readFileSync(join(folder, 'card.json'), 'utf8')))
    return sha256Of(join(folder, 'weights.safetensors')) === card.weightsSha256 ? card : null
  } catch {
    return null
  }
}

function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
