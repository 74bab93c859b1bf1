import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import type { AcquireParams, MeasureParams, PredictParams, RoundParams, TrainParams } from '@shared/contract/job'
import { scorePartSchema, type Metrics, type ModelCard } from '@shared/contract/records'
import { saveMetrics } from '@main/catalogue/measures'
import { readJobs } from '@main/catalogue/jobs'
import { latestModel, listModels, readModel, saveModel } from '@main/catalogue/models'
import { savePredictions } from '@main/catalogue/predictions'
import { readAcquisitions } from '@main/catalogue/acquisitions'
import { roundOfJob, type RoundOrigin } from '@main/catalogue/round-of-job'
import { latestRound, openRound } from '@main/catalogue/rounds'
import { saveChecksums } from '@main/catalogue/views'
import { projectFolder, type WritableDb } from '@main/catalogue/database'
import type { ComputeHandle } from '@main/jobs/compute-handle'
import type { JobContext } from '@main/jobs/runner'

export const predictResultSchema = z.object({
  model: z.string(),
  galaxies: z.number().int(),
  seconds: z.number(),
  /** Ids of galaxies whose image file holds another image than before: they were looked at anew. */
  changedImages: z.array(z.string()),
  /** What made the features, and why nothing faster did; null when all were kept from before. */
  encoder: z.object({ name: z.string(), note: z.string().nullable() }).nullable(),
})
/** What `acquire --json` prints. */
export const acquireResultSchema = z.object({
  round: z.number().int(),
  galaxies: z.array(
    z.object({ id: z.string(), score: z.number().nullable(), random: z.boolean(), questions: z.record(z.string(), scorePartSchema) }),
  ),
  /** Galaxies that could have been chosen, and how far the dropout samples disagreed about them (standard deviation of vote fractions). */
  candidates: z.number().int(),
  meanSampleSpread: z.number(),
})
export type PredictResult = z.infer<typeof predictResultSchema>
export type AcquireResult = z.infer<typeof acquireResultSchema>

/** The steps of the loop: what compute makes, and what of it goes into the catalogue, each in one transaction. */
export type Loop = {
  train: (params: TrainParams, context: JobContext) => Promise<ModelCard>
  predict: (params: PredictParams, context: JobContext) => Promise<PredictResult>
  /** Of the latest model for null. What `params` leaves out is chosen by how many votes the test galaxies have. */
  measure: (modelId: string | null, params?: MeasureParams) => Promise<Metrics>
  acquire: (params: AcquireParams, context: JobContext) => Promise<AcquireResult>
  round: (params: RoundParams, context: JobContext) => Promise<AcquireResult>
}

export function createLoop(db: WritableDb, compute: ComputeHandle): Loop {
  const projectPath = projectFolder(db)

  const train: Loop['train'] = async (params, context) => {
    refuseRandomEncoder(params)
    const modelId = context.modelId ?? nextModelId(db)
    context.setModelId(modelId)
    const done = listModels(db).find(({ id }) => id === modelId)
    // A resumed job whose training had already ended.
    if (done) return done
    const from = params.from === 'scratch' ? 'scratch' : readModel(db, params.from === 'latest' ? requireLatest(db) : params.from).id
    const round = latestRound(db) ?? 0
    // Compute freezes both when the training starts: one that is resumed goes on as it began, whatever they are now.
    const card = await compute.run({ kind: 'train', projectPath, modelId, round, params: { ...params, from } }, context)
    saveModel(db, card)
    return card
  }

  /** The model of a job that works with one: a resumed job stays with the one it began with. */
  const modelFor = (asked: string | undefined, context: JobContext): ModelCard => {
    const card = readModel(db, asked ?? context.modelId ?? requireLatest(db))
    if (context.modelId !== card.id) context.setModelId(card.id)
    return card
  }

  const predict: Loop['predict'] = async (params, context) => {
    const { id: modelId } = modelFor(params.model, context)
    const result = await compute.run({ kind: 'predict', projectPath, modelId, params }, context)
    await saveChecksums(db, result.changed)
    await savePredictions(db, modelId, await readArray(result.keysFile, Int32Array), await readArray(result.fractionsFile, Float32Array))
    const changedImages = result.changed.map(({ id }) => id)
    const { galaxies, seconds, encoder } = result
    return { model: modelId, galaxies, seconds, changedImages, encoder }
  }

  const measure: Loop['measure'] = async (asked, params = {}) => {
    const modelId = readModel(db, asked ?? requireLatest(db)).id
    const metrics = await compute.run({ kind: 'measure', projectPath, modelId, params })
    saveMetrics(db, metrics)
    return metrics
  }

  /** The round that this job opened before it was cut off. */
  const opened = ({ jobId }: JobContext): AcquireResult | null => {
    const found = roundOfJob(db, jobId)
    if (found === null) return null
    const { round, candidates, meanSampleSpread } = found
    const galaxies = readAcquisitions(db, round).map(({ id, score, isRandom, parts }) => ({
      id,
      score,
      random: isRandom,
      questions: parts,
    }))
    return { round, galaxies, candidates, meanSampleSpread }
  }

  const acquire: Loop['acquire'] = async (params, context) => {
    const before = opened(context)
    if (before !== null) return before
    const { id: modelId, likelihood, network } = modelFor(params.model, context)
    if (likelihood === 'binomial') refuseTreeStrategy(params, `${modelId} (${network})`)
    const result = await compute.run({ kind: 'acquire', projectPath, modelId, params }, context)
    await saveChecksums(db, result.changed)
    const { candidates, meanSampleSpread } = result
    const origin: RoundOrigin = { jobId: context.jobId, candidates, meanSampleSpread }
    openRound(db, { strategy: params.strategy, modelId, seed: params.seed, params: { ...params, origin } }, result.galaxies)
    return opened(context)!
  }

  /** Before hours of training: the strategy must suit the network. */
  const refuseUnsuited = ({ train: { network, from }, acquire: { strategy } }: RoundParams): void => {
    const parent = from === 'scratch' ? null : from === 'latest' ? latestModel(db) : readModel(db, from)
    const trained = network ?? parent?.network
    if (trained === 'w20-cnn') refuseTreeStrategy({ strategy }, trained)
  }

  return {
    train,
    predict,
    measure,
    acquire,
    async round(params, context) {
      const before = opened(context)
      if (before !== null) return before
      refuseUnsuited(params)
      const { id } = await train(params.train, context)
      await predict({ ...params.predict, model: id }, context)
      await measure(id)
      return acquire({ ...params.acquire, model: id }, context)
    },
  }
}

function refuseTreeStrategy({ strategy }: Pick<AcquireParams, 'strategy'>, model: string): void {
  if (strategy !== 'mutual-information-tree') return
  throw new AppError(
    'acquisition/needs-tree',
    `The strategy "mutual-information-tree" needs a model of the whole tree; ${model} answers one question alone. Use "mutual-information".`,
  )
}

/** The head alone, on an encoder of random weights, learns nothing of galaxies. */
function refuseRandomEncoder({ train, from }: TrainParams): void {
  if (train !== 'head' || from !== 'scratch') return
  throw new AppError(
    'training/head-from-scratch',
    'Training the head alone goes on from a trained model. Name it with --from MODEL ("latest" is the last one), or train all.',
  )
}

function requireLatest(db: WritableDb): string {
  const model = latestModel(db)
  if (model === null) throw new AppError('model/none', 'This project has no model yet. Train one first.')
  return model.id
}

/** `model-001`, `model-002` … A number is never used twice: folders of trainings that were given up stay until they are removed. */
function nextModelId(db: WritableDb): string {
  const used = [...listModels(db).map(({ id }) => id), ...startedModels(db)].map((id) => Number(/^model-(\d+)$/.exec(id)?.[1] ?? 0))
  return `model-${String(Math.max(0, ...used) + 1).padStart(3, '0')}`
}

function startedModels(db: WritableDb): string[] {
  return readJobs(db).flatMap(({ modelId }) => (modelId === null ? [] : [modelId]))
}

async function readArray<T extends Int32Array | Float32Array>(path: string, type: new (buffer: ArrayBuffer) => T): Promise<T> {
  const bytes = await readFile(path)
  return new type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer)
}
