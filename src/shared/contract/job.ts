import { z } from 'zod'
import { engineNameSchema } from './engine'

export const networkNames = ['efficientnet-b0', 'w20-cnn', 'w20-cnn-tree'] as const
/** `w20-cnn` has the one output of W+20; `w20-cnn-tree` is its encoder with the Dirichlet head of W+21 for the whole tree. */
export const networkNameSchema = z.enum(networkNames)
export type NetworkName = z.infer<typeof networkNameSchema>

export const strategyNames = ['mutual-information', 'mutual-information-tree', 'power-bald', 'entropy', 'margin', 'random'] as const
export const strategyNameSchema = z.enum(strategyNames)
export type StrategyName = z.infer<typeof strategyNameSchema>

const count = z.number().int().positive()
/** Bounds are far above any sensible use: they catch a slip of the keyboard before it costs a day or the memory. */
const upTo = (most: number) => count.max(most)
const seed = z.number().int().nonnegative()

/** How the learning rate goes over a training: the same all along, or up during a warm-up and down to zero as a cosine. */
export const scheduleNames = ['constant', 'cosine'] as const
export type ScheduleName = (typeof scheduleNames)[number]

export const importParamsSchema = z.object({
  table: z.string().optional(),
  images: z.string().optional(),
  idColumn: z.string().optional(),
  fileColumn: z.string().optional(),
  raColumn: z.string().optional(),
  decColumn: z.string().optional(),
  /** Arcsec per pixel of every image, or the column that holds it for each. */
  pixelScale: z.union([z.number().positive(), z.string().min(1)]).optional(),
  /** The images are further views, for the eye, of galaxies that the project has; the model sees view 1 only. */
  view: z.number().int().min(2, 'view 1 is the one that the model sees; further views start at 2').max(9).optional(),
})
export type ImportParams = z.infer<typeof importParamsSchema>

export const sampleParamsSchema = z.object({ path: z.string(), galaxies: upTo(100_000).default(600), seed: seed.default(1) })
export type SampleParams = z.infer<typeof sampleParamsSchema>

export const trainParamsSchema = z.object({
  network: networkNameSchema.optional(),
  /** `scratch`, or the id of the model whose weights it goes on from. */
  from: z.string().default('scratch'),
  train: z
    .string()
    .regex(/^(all|head)$/, 'it must be all, or head for the last layer only')
    .default('all'),
  sizePx: upTo(2_048).optional(),
  /** Galaxies of one step; where they do not fit into memory together they are taken in parts. */
  batch: upTo(4_096).optional(),
  epochs: upTo(10_000).optional(),
  learningRate: z.number().positive().max(1).optional(),
  schedule: z.enum(scheduleNames).default('constant'),
  /** The longest gradient; `off` never shortens one. */
  clip: z.union([z.number().positive(), z.literal('off')]).optional(),
  /** Decay of the moving average of the weights, which is then what is kept. */
  ema: z.number().min(0).lt(1).optional(),
  /** `mixed` would compute in half precision where that is exact enough; no engine can at present. */
  precision: z.enum(['float32', 'mixed']).default('float32'),
  combine: z.enum(['replace', 'sum']).default('replace'),
  /** How often the likelihood of an expert's one answer counts; see docs/decisions/0005-weight-of-an-expert.md. */
  expertWeight: z.number().positive().default(10),
  /** `w20-cnn` only: the question and answer whose vote fraction it predicts. */
  question: z.string().optional(),
  answer: z.string().optional(),
  seed: seed.default(1),
})
export type TrainParams = z.infer<typeof trainParamsSchema>

export const predictParamsSchema = z.object({
  model: z.string().optional(),
  views: upTo(100).default(5),
  samples: upTo(1_000).default(5),
  seed: seed.default(1),
})
export type PredictParams = z.infer<typeof predictParamsSchema>

export const acquireParamsSchema = z.object({
  model: z.string().optional(),
  strategy: strategyNameSchema.default('mutual-information-tree'),
  count: upTo(1_000_000).default(32),
  samples: upTo(1_000).default(15),
  /** The number of votes whose information is counted: 1 for one expert. */
  votes: upTo(1_000).default(1),
  randomShare: z.number().min(0).max(1).default(0.2),
  seed: seed.default(1),
})
export type AcquireParams = z.infer<typeof acquireParamsSchema>

/** Which test galaxies count; what is left out is chosen by how many votes they have. */
export const measureParamsSchema = z.object({
  minFirstVotes: z.number().nonnegative().optional(),
  minProportionAsked: z.number().min(0).max(1).optional(),
  minQuestionVotes: z.number().nonnegative().optional(),
})
export type MeasureParams = z.infer<typeof measureParamsSchema>

/** One turn of the loop: train on all labels, predict, and choose the next galaxies. */
export const roundParamsSchema = z.object({ train: trainParamsSchema, predict: predictParamsSchema, acquire: acquireParamsSchema })
export type RoundParams = z.infer<typeof roundParamsSchema>

export const jobParamsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sample'), params: sampleParamsSchema }),
  z.object({ kind: z.literal('import'), params: importParamsSchema }),
  z.object({ kind: z.literal('train'), params: trainParamsSchema }),
  z.object({ kind: z.literal('predict'), params: predictParamsSchema }),
  z.object({ kind: z.literal('acquire'), params: acquireParamsSchema }),
  z.object({ kind: z.literal('round'), params: roundParamsSchema }),
])
export type JobParams = z.infer<typeof jobParamsSchema>
export type JobKind = JobParams['kind']

/** A point of the loss curve. Losses are the mean over galaxies of the negative log-likelihood, in nats. */
export const lossPointSchema = z.object({ epoch: z.number().int(), trainLoss: z.number(), validationLoss: z.number().nullable() })
export type LossPoint = z.infer<typeof lossPointSchema>

/** How far a job is: `done` of `total` steps of the phase named in words; `secondsLeft` of the whole phase, null while unknown. */
export const jobProgressSchema = z.object({
  phase: z.string(),
  done: z.number().nonnegative(),
  total: z.number().nonnegative(),
  secondsLeft: z.number().nonnegative().nullable(),
  lossPoint: lossPointSchema.optional(),
})
export type JobProgress = z.infer<typeof jobProgressSchema>

/** `interrupted`: the process ended in the middle; `resume` goes on from its checkpoint. */
export const jobStateSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted'])
export type JobState = z.infer<typeof jobStateSchema>

export const jobSchema = z.object({
  id: z.string(),
  job: jobParamsSchema,
  state: jobStateSchema,
  progress: jobProgressSchema.nullable(),
  lossCurve: z.array(lossPointSchema),
  engine: engineNameSchema.nullable(),
  /** The model that the job makes or works with; a resumed job goes on with it. */
  modelId: z.string().nullable().default(null),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  result: z.unknown(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
})
export type Job = z.infer<typeof jobSchema>
