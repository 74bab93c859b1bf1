import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@shared/science/errors'
import type { EngineName } from '@shared/contract/engine'
import type { TrainParams } from '@shared/contract/job'
import { modelCardSchema, type ModelCard } from '@shared/contract/records'
import { createRandom } from '@shared/science/stats/random'
import { buildNetwork, designs } from '../model/build'
import { defaultRecipe, type Recipe } from '../model/recipes'
import { summarise } from '../model/summary'
import { loadWeights, saveWeights } from '../model/weights'
import { writeAtomic } from '../model/write-atomic'
import type { ComputeTask } from '../protocol'
import { storedSidePx } from '../training/augment'
import { removeCheckpoint } from '../training/checkpoint'
import { startAsConstant } from '../training/initial-bias'
import { trainNetwork } from '../training/trainer'
import type { TrainingData } from '../training/training-data'
import { progressOf, throwIfCancelled, type TaskContext } from './context'
import { decodeBatches } from './decode'
import { modelFolder, openModel, outputCountOf } from './model-folder'
import { frozenTrainingSet, type FrozenTrainingSet } from './training-set'

/** Of the labelled galaxies, those that only say when to stop. Below this many there are none: too few would stop it by chance. */
const VALIDATION_SHARE = 0.1
const LEAST_VALIDATION = 10

/** Trains a model on all galaxies that are labelled and writes its folder: weights, card. Goes on from a checkpoint that is there. */
export async function train(task: Extract<ComputeTask, { kind: 'train' }>, context: TaskContext): Promise<ModelCard> {
  const { projectPath, modelId, round, params } = task
  const folder = modelFolder(projectPath, modelId)
  mkdirSync(folder, { recursive: true })
  const parent = params.from === 'scratch' ? null : await openModel(projectPath, params.from)
  try {
    const asked = params.network ?? parent?.card.network
    const isBinomial = asked !== undefined && designs[asked].likelihood === 'binomial'
    const set = await frozenTrainingSet(projectPath, folder, params, isBinomial)
    const recipe = recipeFor(context.engine.engine, asked, set, params, parent?.card ?? null)
    const likelihood = designs[recipe.network].likelihood
    const network = buildNetwork(recipe.network, {
      outputCount: outputCountOf({ likelihood, outputs: set.outputs }),
      sizePx: recipe.sizePx,
      seed: params.seed,
    })
    try {
      const isSameHead = parent?.card.outputs.join() === set.outputs.join()
      if (parent) {
        await loadWeights(join(parent.folder, 'weights.safetensors'), network, isSameHead ? 'all' : 'encoder')
      }
      const data = await trainingData(set, recipe, params.seed, context)
      if (!isSameHead) startAsConstant(network, data, set.questions)
      const checkpoint = join(folder, 'checkpoint.safetensors')
      const result = await trainNetwork(
        network,
        data,
        { ...recipe, seed: params.seed, train: params.train === 'head' ? 'head' : 'all', questions: set.questions },
        { ...context, checkpoint: { path: checkpoint } },
      )
      const weightsSha256 = await saveWeights(join(folder, 'weights.safetensors'), network, { metadata: { model: modelId } })
      const card = modelCardSchema.parse({
        id: modelId,
        network: recipe.network,
        parent: parent?.card.id ?? null,
        round,
        treeId: set.treeId,
        treeVersion: set.treeVersion,
        outputs: set.outputs,
        likelihood,
        sizePx: recipe.sizePx,
        batch: recipe.batch,
        epochs: result.epochs,
        bestEpoch: result.bestEpoch,
        bestValidationLoss: result.bestValidationLoss,
        seed: params.seed,
        engine: context.engine.engine,
        trainingGalaxies: data.trainIndices.length,
        validationGalaxies: data.validationIndices.length,
        combine: params.combine,
        expertWeight: params.expertWeight,
        trainedPart: params.train,
        trainingSeconds: result.seconds,
        parameters: summarise(network).parameters,
        createdAt: new Date().toISOString(),
        weightsSha256,
      } satisfies ModelCard)
      await writeAtomic(join(folder, 'card.json'), new TextEncoder().encode(JSON.stringify(card, null, 1)))
      await removeCheckpoint(checkpoint)
      return card
    } finally {
      network.dispose()
    }
  } finally {
    parent?.network.dispose()
  }
}

/** A model that goes on from another keeps its network and image size: the weights would not fit otherwise. */
function recipeFor(
  engine: EngineName,
  network: TrainParams['network'],
  set: FrozenTrainingSet,
  params: TrainParams,
  parent: ModelCard | null,
): Recipe {
  const isOther =
    parent !== null &&
    ((network !== undefined && network !== parent.network) || (params.sizePx !== undefined && params.sizePx !== parent.sizePx))
  if (isOther)
    throw new AppError(
      'training/other-network',
      `${parent.id} is a ${parent.network} at ${parent.sizePx} px; go on with the same, or start from scratch.`,
    )
  const { batch, epochs } = params
  return defaultRecipe(engine, network ?? parent?.network, set.ids.length, { sizePx: params.sizePx ?? parent?.sizePx, batch, epochs })
}

async function trainingData(set: FrozenTrainingSet, recipe: Recipe, seed: number, context: TaskContext): Promise<TrainingData> {
  const storedSizePx = storedSidePx(recipe.augmentation, recipe.sizePx)
  const galaxies = set.ids.map((id, i) => ({ galaxyKey: set.galaxyKeys[i]!, id, path: set.imagePaths[i]!, checksum: '' }))
  const images: Uint8Array[] = []
  const report = progressOf(context, 'reading images', galaxies.length)
  for await (const batch of decodeBatches(galaxies, storedSizePx, 64)) {
    throwIfCancelled(context.signal)
    images.push(...batch.images)
    report(images.length)
  }
  const shuffled = createRandom(seed, 'validation').shuffle(galaxies.keys())
  const count = Math.round(galaxies.length * VALIDATION_SHARE)
  const validation = count < LEAST_VALIDATION ? [] : shuffled.slice(0, count)
  const isValidation = new Set(validation)
  return {
    storedSizePx,
    image: (index) => images[index]!,
    votes_NA: Float32Array.from(set.votes_NA),
    ...(set.weights_NQ.every((weight) => weight === 1) ? {} : { weights_NQ: Float32Array.from(set.weights_NQ) }),
    names: set.ids,
    trainIndices: shuffled.filter((index) => !isValidation.has(index)),
    validationIndices: validation,
  }
}
