/**
 * What passes between the main process and the compute process. Compute opens the catalogue read-only and writes big arrays to files of
 * its own; the main process alone writes the catalogue, from the results that come back here.
 */
import { z } from 'zod'
import { engineNameSchema, engineReportSchema } from '@shared/contract/engine'
import {
  acquireParamsSchema,
  jobProgressSchema,
  measureParamsSchema,
  networkNameSchema,
  predictParamsSchema,
  trainParamsSchema,
} from '@shared/contract/job'
import { metricsSchema, modelCardSchema, scorePartSchema } from '@shared/contract/records'

/** Sent once after the fork. `engine` forces one; null takes the best that works. */
export const initSchema = z.object({ engine: engineNameSchema.nullable() })
export type ComputeInit = z.infer<typeof initSchema>

const inProject = z.object({ projectPath: z.string() })

/** The tasks, each with the type of its result in `ComputeResults`. A `train` whose model folder holds a checkpoint goes on from it. */
export const computeTaskSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('engine') }),
  inProject.extend({ kind: z.literal('train'), modelId: z.string(), round: z.number().int(), params: trainParamsSchema }),
  inProject.extend({ kind: z.literal('predict'), modelId: z.string(), params: predictParamsSchema }),
  inProject.extend({ kind: z.literal('acquire'), modelId: z.string(), params: acquireParamsSchema }),
  inProject.extend({ kind: z.literal('measure'), modelId: z.string(), params: measureParamsSchema.default({}) }),
  z.object({
    kind: z.literal('model'),
    network: networkNameSchema,
    outputs: z.number().int().positive(),
    sizePx: z.number().int().positive().optional(),
  }),
])
export type ComputeTask = z.infer<typeof computeTaskSchema>

export const acquiredSchema = z.object({
  galaxyKey: z.number().int(),
  score: z.number().nullable(),
  isRandom: z.boolean(),
  inclusionProbability: z.number().nullable(),
  parts: z.record(z.string(), scorePartSchema),
})

/** A galaxy whose image is another than the catalogue says, with the checksum of the one that was used. */
export const changedImageSchema = z.object({ galaxyKey: z.number().int(), id: z.string(), checksum: z.string() })
export type ChangedImage = z.infer<typeof changedImageSchema>

export const computeResultSchemas = {
  engine: engineReportSchema,
  train: modelCardSchema,
  /** The file of mean fractions: rows of float32 [outputs] for the keys in `keysFile` (int32), both little-endian. */
  predict: z.object({
    galaxies: z.number().int(),
    changed: z.array(changedImageSchema),
    /** What made features that were not kept yet, and why it was not a faster one; null when all were kept. */
    encoder: z.object({ name: z.string(), note: z.string().nullable() }).nullable(),
    keysFile: z.string(),
    fractionsFile: z.string(),
    seconds: z.number(),
  }),
  acquire: z.object({
    galaxies: z.array(acquiredSchema),
    changed: z.array(changedImageSchema),
    candidates: z.number().int(),
    meanSampleSpread: z.number(),
  }),
  measure: metricsSchema,
  model: z.object({
    layers: z.array(z.object({ name: z.string(), outputShape: z.array(z.number().int()), parameters: z.number().int() })),
    encoderParameters: z.number().int(),
    headParameters: z.number().int(),
    parameters: z.number().int(),
  }),
} as const
export type ComputeResults = { [K in keyof typeof computeResultSchemas]: z.infer<(typeof computeResultSchemas)[K]> }

export const toComputeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('init'), init: initSchema }),
  z.object({ kind: z.literal('run'), taskId: z.string(), task: computeTaskSchema }),
  z.object({ kind: z.literal('cancel'), taskId: z.string() }),
])
export type ToCompute = z.infer<typeof toComputeSchema>

export const fromComputeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), report: engineReportSchema }),
  z.object({ kind: z.literal('progress'), taskId: z.string(), progress: jobProgressSchema }),
  z.object({ kind: z.literal('result'), taskId: z.string(), result: z.unknown() }),
  z.object({
    kind: z.literal('error'),
    taskId: z.string(),
    code: z.string().nullable(),
    message: z.string(),
    stack: z.string().optional(),
  }),
])
export type FromCompute = z.infer<typeof fromComputeSchema>
