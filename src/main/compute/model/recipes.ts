import { totalmem } from 'node:os'
import type { EngineName } from '@shared/contract/engine'
import type { NetworkName, ScheduleName } from '@shared/contract/job'
import { AppError } from '@shared/science/errors'
import type { AugmentationStyle } from '../training/augment'
import { designs } from './build'

/** How a network is trained: everything but the data and the seed. */
export type Recipe = {
  network: NetworkName
  sizePx: number
  /** Galaxies of one step. */
  batch: number
  /** Galaxies that go through the network at once, as many as should fit into memory: what does is found while training. */
  microBatch: number
  epochs: number
  learningRate: number
  schedule: ScheduleName
  patience: number
  clipNorm: number | null
  averageDecay: number | null
  augmentation: AugmentationStyle
}

/** What the user asks for; the recipe fills in the rest. */
export type RecipeRequest = {
  /** `head`: on features that are kept, the encoder is not run. `all` when left out. */
  train?: 'all' | 'head'
  sizePx?: number | undefined
  batch?: number | undefined
  epochs?: number | undefined
  learningRate?: number | undefined
  schedule?: ScheduleName
  clip?: number | 'off' | undefined
  ema?: number | undefined
  memoryBytes?: number
}

const GIB = 2 ** 30
/** WebAssembly addresses 4 GiB; part of it is the engine's own. */
const WASM_BYTES = 3.6 * GIB
/** Of the machine's memory: the rest is the window's, the catalogue's and other programs'. */
const MEMORY_SHARE = 0.6
/** From here on EfficientNet-B0 is worth its time; below, the W+20 network is as good and trains in minutes. */
const EFFICIENTNET_LABELS = 2000

/**
 * Below this, batches of 16: more steps from the same galaxies. Of 122 simulated galaxies, 60 epochs: validation loss 32.6 instead of 33.0 with
 * batches of 32, in 101 instead of 95 s.
 */
const FEW_LABELS = 1000

/**
 * W+20 did not stop early in practice. The validation set of a few hundred labels is a few dozen galaxies, whose loss jumps: with a patience of 10 a
 * training on 341 galaxies ended at epoch 18 with 0.88 of the constant predictor's error, where one on 251 galaxies had reached 0.79 by epoch 42.
 */
const W20_PATIENCE = 30

/**
 * A gradient beyond this is a rare event, such as a head that starts on strongly bimodal votes, whose one step would throw the logits out to
 * where the sigmoid is flat: see [Note: Concentrations that stick].
 */
const CLIP_NORM = 5

/** A head alone is so small that its steps are mostly overhead: batches of 128, as Walmsley et al. 2022 train. */
const HEAD_BATCH = 128

/**
 * Fewer galaxies at once give batch norm no statistics to go by. From 4 on, the 7×7 pixels of the last layers make them 200 values.
 * The W+20 network has no batch norm.
 */
const LEAST_AT_ONCE: Record<NetworkName, number> = { 'efficientnet-b0': 4, 'w20-cnn': 1, 'w20-cnn-tree': 1 }

/** Peak bytes of a training step per image of 224 px (EfficientNet-B0: 3.8 GB at batch 16 on tensorflow, 2.6 GB on wasm) or 64 px (W+20). */
const bytesPerImage: Record<NetworkName, (engine: EngineName, sizePx: number) => number> = {
  'efficientnet-b0': (engine, sizePx) => (engine === 'wasm' ? 155e6 : 240e6) * (sizePx / 224) ** 2,
  'w20-cnn': (_, sizePx) => 6e6 * (sizePx / 64) ** 2,
  'w20-cnn-tree': (_, sizePx) => 6e6 * (sizePx / 64) ** 2,
}

/**
 * How to train on this engine with this many labels. Without a network: EfficientNet-B0 at 224 px on an engine that is fast enough and
 * with labels enough, else the W+20 network at 64 px for the whole tree. A batch that should not fit into memory is taken in parts.
 * Errors: `training/does-not-fit`, naming a recipe that fits.
 */
export function defaultRecipe(
  engine: EngineName,
  network: NetworkName | undefined,
  labelCount: number,
  request: RecipeRequest = {},
): Recipe {
  const isFast = engine === 'tensorflow' || engine === 'webgpu'
  const name = network ?? (isFast && labelCount >= EFFICIENTNET_LABELS ? 'efficientnet-b0' : 'w20-cnn-tree')
  const isEfficientNet = name === 'efficientnet-b0'
  const isHead = request.train === 'head'
  const sizePx = request.sizePx ?? (isFast && isEfficientNet ? designs[name].sizePx : 64)
  const batch = request.batch ?? (isHead ? HEAD_BATCH : isEfficientNet || labelCount < FEW_LABELS ? 16 : 32)
  return {
    network: name,
    sizePx,
    batch,
    microBatch: isHead ? batch : atOnce(engine, name, sizePx, batch, request.memoryBytes ?? totalmem()),
    epochs: request.epochs ?? defaultEpochs(labelCount),
    learningRate: request.learningRate ?? 1e-3,
    schedule: request.schedule ?? 'constant',
    patience: isEfficientNet ? 10 : W20_PATIENCE,
    clipNorm: request.clip === 'off' ? null : (request.clip ?? CLIP_NORM),
    averageDecay: request.ema ?? null,
    augmentation: isEfficientNet ? 'w21' : 'w20',
  }
}

/** About 40,000 galaxies seen in all, but not under 20 nor over 100 epochs; early stopping usually ends it sooner. */
function defaultEpochs(labelCount: number): number {
  return Math.min(100, Math.max(20, Math.round(40_000 / Math.max(1, labelCount))))
}

/** How many of a batch should fit into memory at once: all, or equal parts of it. */
function atOnce(engine: EngineName, name: NetworkName, sizePx: number, batch: number, memoryBytes: number): number {
  const perImage = bytesPerImage[name](engine, sizePx)
  const limit = Math.min(memoryBytes * MEMORY_SHARE, engine === 'wasm' ? WASM_BYTES : Infinity)
  const fits = Math.floor(limit / perImage)
  const smaller = 'Use --model w20-cnn-tree --size 64.'
  if (engine === 'cpu' && name === 'efficientnet-b0') {
    const asked = `${name} at ${sizePx} px`
    throw new AppError('training/does-not-fit', `${asked} would take days on the engine cpu (about 10 seconds per galaxy). ${smaller}`)
  }
  const least = Math.min(batch, LEAST_AT_ONCE[name])
  if (fits >= least) return Math.ceil(batch / Math.ceil(batch / fits))
  const need = `needs about ${gib(perImage * least)} GiB for ${least} galaxies at once, and ${gib(limit)} GiB are free for it on the engine ${engine}`
  const fittingPx = Math.floor((sizePx * Math.sqrt(limit / (perImage * least))) / 16) * 16
  const advice = fittingPx >= 32 ? `Use --size ${fittingPx}, or --model w20-cnn-tree --size 64.` : smaller
  throw new AppError('training/does-not-fit', `${name} at ${sizePx} px ${need}. ${advice}`)
}

const gib = (bytes: number) => (bytes / GIB).toFixed(1)
