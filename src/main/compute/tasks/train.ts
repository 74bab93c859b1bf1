import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@shared/science/errors'
import type { EngineName } from '@shared/contract/engine'
import type { TrainParams } from '@shared/contract/job'
import { modelCardSchema, type ModelCard } from '@shared/contract/records'
import { buildNetwork, designs } from '../model/build'
import { defaultRecipe, type Recipe } from '../model/recipes'
import { summarise } from '../model/summary'
import { loadWeights, saveWeights } from '../model/weights'
import { writeAtomic } from '../model/write-atomic'
import { takeFileLock } from '@main/catalogue/process-lock'
import type { ComputeTask } from '../protocol'
import { removeCheckpoint } from '../training/checkpoint'
import { startAsConstant } from '../training/initial-bias'
import { trainNetwork } from '../training/trainer'
import type { TaskContext } from './context'
import { modelFolder, openModel, outputCountOf, wholeModel } from './model-folder'
import { imageInputs, keptInputs, labelsOf } from './training-inputs'
import { chooseTrainingSet, freezeTraining, readFrozenTraining, type TrainingSet, type TrainingStart } from './training-set'

/** A process whose parent was killed ends by itself, after the step that it is at. */
const LOCK_WAIT_MS = 5_000

/**
 * Trains a model on all galaxies that are labelled and writes its folder: weights, card. One that was begun goes on from its checkpoint as it
 * began; of one that had ended the card is given again. Throws `training/in-use` while another process trains it, and `training/other-engine` when it was begun on another.
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
  const checkpoint = join(folder, 'checkpoint.safetensors')
  const frozen = readFrozenTraining(folder)
  // It had ended, and was cut off before the catalogue had its model.
  const done = frozen && wholeModel(folder)
  if (done) {
    await removeCheckpoint(checkpoint)
    return done
  }
  const parentId = frozen ? frozen.start.parent : params.from === 'scratch' ? null : params.from
  const parent = parentId === null ? null : await openModel(projectPath, parentId)
  try {
    const { set, start } = frozen ?? (await begin(folder, projectPath, round, engine, params, parent?.card ?? null))
    if (start.engine !== engine)
      throw new AppError(
        'training/other-engine',
        `${modelId} was begun on the engine ${start.engine}, and this is ${engine}: its weights would not be the same. Choose the engine ${start.engine} (in the status bar, or with --engine ${start.engine}) and resume, or train anew.`,
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
      const part = params.train === 'head' ? 'head' : 'all'
      const inputs =
        part === 'head' && parent !== null
          ? keptInputs(projectPath, parent, set, params.seed, context)
          : imageInputs(projectPath, set, recipe, context)
      const { close, ...source } = await inputs
      const data = { ...labelsOf(set, params.seed), ...source }
      if (!isSameHead) startAsConstant(network, data, set.questions)
      const options = { ...recipe, seed: params.seed, train: part, questions: set.questions } as const
      const result = await trainNetwork(network, data, options, { ...context, checkpoint: { path: checkpoint } }).finally(close)
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
        microBatch: result.microBatch,
        learningRate: recipe.learningRate,
        schedule: recipe.schedule,
        clipNorm: recipe.clipNorm,
        averageDecay: recipe.averageDecay,
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
        labelSequence: set.labelSequence,
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
  refusePrecision(engine, params)
  const { batch, epochs, learningRate, schedule, clip, ema } = params
  const train = params.train === 'head' ? 'head' : 'all'
  const asked = { train, batch, epochs, learningRate, schedule, clip, ema, sizePx: params.sizePx ?? parent?.sizePx } as const
  return defaultRecipe(engine, network ?? parent?.network, set.ids.length, asked)
}

/** Every engine computes in what TensorFlow.js stores, and it has no tensors of half precision. */
function refusePrecision(engine: EngineName, { precision }: TrainParams): void {
  if (precision === 'float32') return
  throw new AppError(
    'training/no-mixed-precision',
    `The engine ${engine} trains in single precision only: TensorFlow.js has no half-precision tensors. Train without --precision mixed; to save memory, take --batch smaller.`,
  )
}
