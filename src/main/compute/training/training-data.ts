import type { LossPoint, ScheduleName } from '@shared/contract/job'
import type { AugmentationStyle } from './augment'
import type { KeptViews } from './kept-features'
import type { AnswerRange } from './loss'

/** What a network is trained on. The trainer knows nothing of galaxies: row `index` is an image, its votes and a name for messages. */
export type TrainingData = {
  /** Side of the stored images, all alike: see `storedSidePx`. */
  storedSizePx: number
  /** The grey image of a row, [S, S] row by row; kept by the trainer for no longer than one step. */
  image: (index: number) => Uint8Array
  /** Features of the galaxies that are at hand already: a training of the head then asks for no image. */
  kept?: KeptViews
  /** Votes [N, A], counts or weights; A is the network's outputs (binomial: the other answers, then the one). */
  votes_NA: Float32Array
  /** The weight of each question's likelihood [N, Q]; 1 everywhere when left out. */
  weights_NQ?: Float32Array
  names: readonly string[]
  trainIndices: ArrayLike<number>
  /** Empty: no early stopping, the last weights are kept. */
  validationIndices: ArrayLike<number>
}

export type TrainingOptions = {
  seed: number
  /** Galaxies of one step of the optimiser. */
  batch: number
  /**
   * Galaxies that go through the network at once, `batch` when left out. Their gradients are added up to the batch's. Halved when memory runs
   * out: see [Note: Micro-batches].
   */
  microBatch?: number
  /** At most; early stopping may end it sooner. */
  epochs: number
  learningRate: number
  /** `constant` when left out. */
  schedule?: ScheduleName
  /** Epochs without a better validation loss until it stops. */
  patience: number
  /** Longest gradient, over all weights together; a longer one is shortened. Null: never. */
  clipNorm: number | null
  /** Of the moving average of the weights, which is then what is validated and kept; null or left out: the weights themselves. */
  averageDecay?: number | null
  /** `head` leaves the encoder as it is: its features are computed once, for a few views of each galaxy. */
  train: 'all' | 'head'
  augmentation: AugmentationStyle
  questions: readonly AnswerRange[]
}

export type TrainingResult = {
  /** Run, of at most `options.epochs`. */
  epochs: number
  /** The epoch whose weights were kept, counted from 1. */
  bestEpoch: number
  bestValidationLoss: number | null
  lossCurve: LossPoint[]
  /** What was found to fit: `options.microBatch`, or less. */
  microBatch: number
  /** Over all sessions of a resumed training. */
  seconds: number
  /** Questions (by position) for which every galaxy got the same concentrations near 1: see [Note: Concentrations that stick]. */
  stuckQuestions: number[]
}

/** The votes of some rows, [B, A]. */
export function votesOf(data: TrainingData, indices: ArrayLike<number>): Float32Array {
  return pickRows(data.votes_NA, data.names.length, indices)
}

/** The weights of some rows, [B, Q]; null when all are 1. */
export function weightsOf(data: TrainingData, indices: ArrayLike<number>): Float32Array | null {
  return data.weights_NQ === undefined ? null : pickRows(data.weights_NQ, data.names.length, indices)
}

function pickRows(values: Float32Array, rowCount: number, indices: ArrayLike<number>): Float32Array {
  const width = values.length / rowCount
  const picked = new Float32Array(indices.length * width)
  for (let row = 0; row < indices.length; row++)
    picked.set(values.subarray(indices[row]! * width, (indices[row]! + 1) * width), row * width)
  return picked
}

/** Consecutive slices of nearly equal length, none longer than `longest`: a last batch of one galaxy would have no batch statistics. */
export function evenBatches<T>(items: readonly T[], longest: number): T[][] {
  const count = Math.ceil(items.length / longest)
  return Array.from({ length: count }, (_, i) =>
    items.slice(Math.round((i * items.length) / count), Math.round(((i + 1) * items.length) / count)),
  )
}
