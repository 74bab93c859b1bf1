import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import type { AcquireParams, PredictParams, RoundParams, TrainParams } from '@shared/contract/job'
import { scorePartSchema, type Metrics, type ModelCard } from '@shared/contract/records'
import { saveMetrics } from '@main/catalogue/measures'
import { readJobs } from '@main/catalogue/jobs'
import { latestModel, listModels, readModel, saveModel } from '@main/catalogue/models'
import { savePredictions } from '@main/catalogue/predictions'
import { readAcquisitions } from '@main/catalogue/acquisitions'
import { latestRound, openRound } from '@main/catalogue/rounds'
import { projectFolder, type WritableDb } from '@main/catalogue/database'
import type { ComputeHandle } from '@main/jobs/compute-handle'
import type { JobContext } from '@main/jobs/runner'

export const predictResultSchema = z.object({ model: z.string(), galaxies: z.number().int(), seconds: z.number() })
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
  measure: (modelId: string | null) => Promise<Metrics>
  acquire: (params: AcquireParams, context: JobContext) => Promise<AcquireResult>
  round: (params: RoundParams, context: JobContext) => Promise<AcquireResult>
}

export function createLoop(db: WritableDb, compute: ComputeHandle): Loop {
  const projectPath = projectFolder(db)

  const train: Loop['train'] = async (params, context) => {
    const modelId = context.modelId ?? nextModelId(db)
    context.setModelId(modelId)
    const done = listModels(db).find(({ id }) => id === modelId)
    // A resumed job whose training had already ended.
    if (done) return done
    const from = params.from === 'scratch' ? 'scratch' : readModel(db, params.from === 'latest' ? requireLatest(db) : params.from).id
    const round = latestRound(db) ?? 0
    const card = await compute.run({ kind: 'train', projectPath, modelId, round, params: { ...params, from } }, context)
    saveModel(db, card)
    return card
  }

  const predict: Loop['predict'] = async (params, context) => {
    const modelId = readModel(db, params.model ?? requireLatest(db)).id
    const { keysFile, fractionsFile, galaxies, seconds } = await compute.run({ kind: 'predict', projectPath, modelId, params }, context)
    await savePredictions(db, modelId, await readArray(keysFile, Int32Array), await readArray(fractionsFile, Float32Array))
    return { model: modelId, galaxies, seconds }
  }

  const measure: Loop['measure'] = async (asked) => {
    const modelId = readModel(db, asked ?? requireLatest(db)).id
    const metrics = await compute.run({ kind: 'measure', projectPath, modelId })
    saveMetrics(db, metrics)
    return metrics
  }

  const acquire: Loop['acquire'] = async (params, context) => {
    const modelId = readModel(db, params.model ?? requireLatest(db)).id
    const { galaxies, candidates, meanSampleSpread } = await compute.run({ kind: 'acquire', projectPath, modelId, params }, context)
    const round = openRound(db, { strategy: params.strategy, modelId, seed: params.seed, params }, galaxies)
    const chosen = readAcquisitions(db, round).map(({ id, score, isRandom, parts }) => ({ id, score, random: isRandom, questions: parts }))
    return { round, galaxies: chosen, candidates, meanSampleSpread }
  }

  return {
    train,
    predict,
    measure,
    acquire,
    async round(params, context) {
      const { id } = await train(params.train, context)
      await predict({ ...params.predict, model: id }, context)
      await measure(id)
      return acquire({ ...params.acquire, model: id }, context)
    },
  }
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
