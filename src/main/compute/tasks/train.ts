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
import { takeFileLock } from '@main/catalogue/process-lock'
import type { ComputeTask } from '../protocol'
import { storedSidePx } from '../training/augment'
import { removeCheckpoint } from '../training/checkpoint'
import { startAsConstant } from '../training/initial-bias'
import { trainNetwork } from '../training/trainer'
import type { TrainingData } from '../training/training-data'
import { progressOf, throwIfCancelled, type TaskContext } from './context'
import { decodeBatches } from './decode'
import { modelFolder, openModel, outputCountOf } from './model-folder'
import { chooseTrainingSet, freezeTraining, readFrozenTraining, type TrainingSet, type TrainingStart } from './training-set'

/** Of the labelled galaxies, those that only say when to stop. Below this many there are none: too few would stop it by chance. */
const VALIDATION_SHARE = 0.1
const LEAST_VALIDATION = 10
/** A process whose parent was killed ends by itself, after the step that it is at. */
const LOCK_WAIT_MS = 5_000

/**
 * Trains a model on all galaxies that are labelled and writes its folder: weights, card. One that was begun goes on from its checkpoint as it
 * began. Throws `training/in-use` while another process trains it, and `training/other-engine` when it was begun on another.
 */
export async function train(task: Extract<ComputeTask, { kind: 'train' }>, context: TaskContext): Promise<ModelCard> {
  const folder = modelFolder(task.projectPath, task.modelId)
  mkdirSync(folder, { recursive: true })
  const lock = takeFileLock(join(folder, 'training.lock'), LOCK_WAIT_MS)
  if (lock === null)
    throw new AppError('training/in-use', `Another process is training ${task.modelId}. Wait until it has ended, then run this again.`)
  try {
    return await trainIn(folder, task, context)
  } finally {
    lock.release()
  }
}

async function trainIn(
  folder: string,
  { projectPath, modelId, round, params }: Extract<ComputeTask, { kind: 'train' }>,
  context: TaskContext,
): Promise<ModelCard> {
  const { engine } = context.engine
  const frozen = readFrozenTraining(folder)
  const parentId = frozen ? frozen.start.parent : params.from === 'scratch' ? null : params.from
  const parent = parentId === null ? null : await openModel(projectPath, parentId)
  try {
    const { set, start } = frozen ?? (await begin(folder, projectPath, round, engine, params, parent?.card ?? null))
    if (start.engine !== engine)
      throw new AppError(
        'training/other-engine',
        `${modelId} was begun on the engine ${start.engine}, and this is ${engine}: its weights would not be the same. Start Galaxy Desk with GALAXY_DESK_ENGINE=${start.engine} and resume, or train anew.`,
      )
    const { recipe } = start
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
        round: start.round,
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
        engine,
        trainingGalaxies: data.trainIndices.length,
        validationGalaxies: data.validationIndices.length,
        combine: params.combine,
        expertWeight: params.expertWeight,
        trainedPart: params.train,
        trainingSeconds: result.seconds,
        parameters: summarise(network).parameters,
        createdAt: new Date().toISOString(),
        weightsSha256,
        meanFractions: set.meanFractions,
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

/** Settles what is trained on and how, and freezes it in the model's folder. */
async function begin(
  folder: string,
  projectPath: string,
  round: number,
  engine: EngineName,
  params: TrainParams,
  parent: ModelCard | null,
): Promise<{ set: TrainingSet; start: TrainingStart }> {
  const network = params.network ?? parent?.network
  const isBinomial = network !== undefined && designs[network].likelihood === 'binomial'
  const set = chooseTrainingSet(projectPath, params, isBinomial)
  const start = { parent: parent?.id ?? null, round, engine, recipe: recipeFor(engine, network, set, params, parent) }
  await freezeTraining(folder, set, start)
  return { set, start }
}

/** A model that goes on from another keeps its network and image size: the weights would not fit otherwise. */
function recipeFor(
  engine: EngineName,
  network: TrainParams['network'],
  set: TrainingSet,
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

async function trainingData(set: TrainingSet, recipe: Recipe, seed: number, context: TaskContext): Promise<TrainingData> {
  const storedSizePx = storedSidePx(recipe.augmentation, recipe.sizePx)
  const galaxies = set.ids.map((id, i) => ({ galaxyKey: set.galaxyKeys[i]!, id, path: set.imagePaths[i]!, checksum: '' }))
  const images: Uint8Array[] = []
  const report = progressOf(context, 'reading images', galaxies.length)
  for await (const batch of decodeBatches(galaxies, storedSizePx, 64)) {
    throwIfCancelled(context.signal)
    images.push(...batch.map(({ image }) => image))
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
