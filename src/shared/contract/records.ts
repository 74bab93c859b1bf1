import { z } from 'zod'
import { networkNameSchema, scheduleNames, strategyNameSchema } from './job'

export const treeSchema = z.object({
  id: z.string(),
  questions: z.array(z.object({ name: z.string(), answers: z.array(z.string()), after: z.array(z.string()) })),
})

export const projectSummarySchema = z.object({
  path: z.string(),
  name: z.string(),
  tree: treeSchema,
  counts: z.object({
    galaxies: z.number().int(),
    withImages: z.number().int(),
    withVotes: z.number().int(),
    pool: z.number().int(),
    labelled: z.number().int(),
    test: z.number().int(),
    testLabelled: z.number().int(),
  }),
  /** Null before `split`. */
  splitSeed: z.number().int().nullable(),
  hasVotes: z.boolean(),
  /** The round that is open for labelling, null when none is. */
  openRound: z.number().int().nullable(),
  latestModel: z.string().nullable(),
})
export type ProjectSummary = z.infer<typeof projectSummarySchema>

export const recentProjectSchema = z.object({ path: z.string(), name: z.string(), openedAt: z.iso.datetime(), exists: z.boolean() })
export type RecentProject = z.infer<typeof recentProjectSchema>

/** The mutual information of one question, in nats, and how often it would be asked. */
export const scorePartSchema = z.object({ mutualInformation: z.number(), proportionAsked: z.number() })
export type ScorePart = z.infer<typeof scorePartSchema>

/**
 * What one question adds to a galaxy's score, in nats, for the expert to see. How often it would be asked follows from what the model predicts
 * for the question before it, so it is null while that may not be shown: see [Note: Hints].
 */
export const shownPartSchema = z.object({ nats: z.number(), proportionAsked: z.number().nullable() })

/** Why a galaxy is in a round. `score` in nats, null for a galaxy that was drawn at random. */
export const acquisitionSchema = z.object({
  round: z.number().int(),
  rank: z.number().int(),
  strategy: strategyNameSchema,
  modelId: z.string().nullable(),
  score: z.number().nullable(),
  isRandom: z.boolean(),
  inclusionProbability: z.number().nullable(),
  parts: z.record(z.string(), shownPartSchema),
})
export type Acquisition = z.infer<typeof acquisitionSchema>

/** An answer of the expert: the question by name, the answer by name. */
export const answerSchema = z.object({ question: z.string(), answer: z.string() })
export type Answer = z.infer<typeof answerSchema>

/** One galaxy of the Label queue. It never holds votes of volunteers, nor what the model predicts: labels stay blind. */
export const queueItemSchema = z.object({
  galaxyKey: z.number().int(),
  id: z.string(),
  raDeg: z.number().nullable(),
  decDeg: z.number().nullable(),
  pixelScaleArcsec: z.number().nullable(),
  imageUrl: z.string().nullable(),
  /** What is sent back with each entry about the galaxy on screen: it tells the server which of its turns in the queue this is. */
  turn: z.string(),
  answers: z.array(answerSchema),
  /** Questions that the annotator cannot tell the answer of. */
  cannotTell: z.array(z.string()),
  notes: z.array(z.object({ uuid: z.uuid(), note: z.string() })),
  isSkipped: z.boolean(),
  isFlagged: z.boolean(),
  isStarred: z.boolean(),
  isComplete: z.boolean(),
  acquisition: acquisitionSchema.nullable(),
})
export type QueueItem = z.infer<typeof queueItemSchema>

/** How far an annotator is with the galaxies of the open round. */
export const queueProgressSchema = z.object({ total: z.number().int(), complete: z.number().int(), skipped: z.number().int() })
export type QueueProgress = z.infer<typeof queueProgressSchema>

/** A galaxy in the queue. `position` only orders: it is no number to show. */
export const queueTurnSchema = queueItemSchema.extend({ position: z.number().int() })
export type QueueTurn = z.infer<typeof queueTurnSchema>

/** A part of the queue, in its order; the progress is that of the whole. */
export const queueSchema = queueProgressSchema.extend({ round: z.number().int(), items: z.array(queueTurnSchema) })
export type Queue = z.infer<typeof queueSchema>

/** Characters that cannot be seen, but for those that join letters: two names must not differ only in them. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u2060\u202a-\u202e\u2066-\u2069\ufeff]/u

/** Whose answers these are. One name has one spelling: composed letters, single spaces. */
export const annotatorSchema = z
  .string()
  .overwrite((name) => name.normalize('NFC').replaceAll(/\s+/gu, ' ').trim())
  .min(1, 'it is empty')
  .max(100, 'it is longer than 100 characters')
  .refine((name) => !UNSEEN.test(name), 'it has characters that cannot be seen; type it anew')

/**
 * What an annotator can do to a galaxy. `cannot-tell` ends a question without an answer; `resolve` is the agreed answer where annotators differ;
 * `flag` and `star` turn their mark over.
 */
export const labelKinds = ['answer', 'cannot-tell', 'resolve', 'skip', 'flag', 'star', 'note', 'undo'] as const

/** An entry of the append-only label log. `undoes` names the entry that an `undo` takes back; `batch` is shared by those made as one. */
export const labelEventSchema = z.object({
  uuid: z.uuid(),
  galaxyKey: z.number().int(),
  kind: z.enum(labelKinds),
  question: z.string().nullable(),
  answer: z.string().nullable(),
  note: z.string().nullable(),
  undoes: z.uuid().nullable(),
  batch: z.uuid().nullable(),
  round: z.number().int().nullable(),
  annotator: z.string(),
  durationMs: z.number().nonnegative().nullable(),
  at: z.iso.datetime(),
  /** Whether the model's prediction for the question had been shown before. Null: of no question, or from before this was kept. */
  hintSeen: z.boolean().nullable().default(null),
})
export type LabelEvent = z.infer<typeof labelEventSchema>

/** RMSE of vote fractions (0..1) against the test set; `rmseConstant` is the error of always predicting the training mean. */
export const answerMetricsSchema = z.object({
  rmse: z.number().nullable(),
  rmseConstant: z.number().nullable(),
  noiseFloor: z.number().nullable(),
  n: z.number().int(),
  /** rmse / rmseConstant with its 95 % interval from a paired bootstrap; absent where too few galaxies count. */
  ratio: z.object({ ratio: z.number(), low: z.number(), high: z.number() }).nullable().default(null),
})
export const questionMetricsSchema = z.object({
  accuracy: z.number().nullable(),
  n: z.number().int(),
  answers: z.record(z.string(), answerMetricsSchema),
})
export const metricsSchema = z.object({
  modelId: z.string(),
  testGalaxies: z.number().int(),
  /** Mean over the questions with galaxies of the RMSE over their answers; the one number of the learning curve. */
  meanRmse: z.number().nullable(),
  /** Why there are no figures, for example too few labelled test galaxies; null when there are. */
  caveat: z.string().nullable(),
  thresholds: z.object({ minFirstVotes: z.number(), minProportionAsked: z.number(), minQuestionVotes: z.number() }),
  questions: z.record(z.string(), questionMetricsSchema),
})
export type Metrics = z.infer<typeof metricsSchema>

/** What is written beside the weights and shown of a model: every number on screen can be traced to it. */
export const modelCardSchema = z.object({
  id: z.string(),
  network: networkNameSchema,
  /** The model it goes on from; null from scratch. */
  parent: z.string().nullable(),
  round: z.number().int(),
  treeId: z.string(),
  treeVersion: z.string(),
  /** The answers that the outputs stand for. */
  outputs: z.array(z.string()),
  likelihood: z.enum(['dirichlet-multinomial', 'binomial']),
  sizePx: z.number().int(),
  batch: z.number().int(),
  /** Galaxies that went through the network at once, the batch in parts where fewer fitted into memory. Null: a model from before this was kept. */
  microBatch: z.number().int().nullable().default(null),
  learningRate: z.number().nullable().default(null),
  schedule: z.enum(scheduleNames).default('constant'),
  /** The longest gradient; null: none was shortened. */
  clipNorm: z.number().nullable().default(null),
  /** Decay of the moving average of the weights that is this model; null: the weights themselves. */
  averageDecay: z.number().nullable().default(null),
  epochs: z.number().int(),
  bestEpoch: z.number().int(),
  bestValidationLoss: z.number().nullable(),
  seed: z.number().int(),
  engine: z.string(),
  trainingGalaxies: z.number().int(),
  validationGalaxies: z.number().int(),
  combine: z.enum(['replace', 'sum']),
  expertWeight: z.number(),
  trainedPart: z.string(),
  trainingSeconds: z.number(),
  parameters: z.number().int(),
  createdAt: z.iso.datetime(),
  weightsSha256: z.string(),
  /**
   * The mean vote fraction (0..1) of each output in the model's own training set, null where nobody was asked: the constant predictor that
   * its errors are compared with. Null for a model that was trained before this was kept.
   */
  meanFractions: z.array(z.number().nullable()).nullable().default(null),
  /** The last entry of the label log when its training began. Null for a model that was trained before this was kept. */
  labelSequence: z.number().int().nullable().default(null),
})
export type ModelCard = z.infer<typeof modelCardSchema>

export const roundRecordSchema = z.object({
  number: z.number().int(),
  strategy: strategyNameSchema,
  /** The model that chose its galaxies; null for round 0. */
  chosenBy: z.string().nullable(),
  seed: z.number().int(),
  galaxies: z.number().int(),
  labelled: z.number().int(),
  /** The time that experts took over its galaxies: [Note: Expert time]. */
  expertMinutes: z.number(),
  openedAt: z.iso.datetime(),
  isOpen: z.boolean(),
  /**
   * The models trained after it, newest last, each with its error on the test set once measured, and with the time of all experts in what was
   * labelled when its training began.
   */
  models: z.array(z.object({ card: modelCardSchema, metrics: metricsSchema.nullable(), expertMinutes: z.number() })),
})
export type RoundRecord = z.infer<typeof roundRecordSchema>
