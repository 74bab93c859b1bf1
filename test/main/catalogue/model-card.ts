import { modelCardSchema, type ModelCard } from '@shared/contract/records'

/** The card of a model that was trained at this minute. */
export function modelCard(id: string, { minute = 0, ...changes }: Partial<ModelCard> & { minute?: number } = {}): ModelCard {
  return modelCardSchema.parse({
    id,
    network: 'w20-cnn-tree',
    parent: null,
    round: 0,
    treeId: 'small',
    treeVersion: 'f00',
    outputs: ['smooth_yes'],
    likelihood: 'dirichlet-multinomial',
    sizePx: 64,
    batch: 32,
    epochs: 20,
    bestEpoch: 12,
    bestValidationLoss: 1.5,
    seed: 1,
    engine: 'cpu',
    trainingGalaxies: 80,
    validationGalaxies: 20,
    combine: 'replace',
    expertWeight: 1,
    trainedPart: 'all',
    trainingSeconds: 10,
    parameters: 1000,
    createdAt: `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`,
    weightsSha256: 'abc',
    ...changes,
  })
}
