import { totalmem } from 'node:os'
import type { EngineName } from '@shared/contract/engine'
import type { NetworkName } from '@shared/contract/job'
import { AppError } from '@shared/science/errors'
import type { AugmentationStyle } from '../training/augment'
import { designs } from './build'

/** How a network is trained: everything but the data and the seed. */
export type Recipe = {
  network: NetworkName
  sizePx: number
  batch: number
  epochs: number
  learningRate: number
  patience: number
  clipNorm: number
  augmentation: AugmentationStyle
}

/** What the user asks for; the recipe fills in the rest. */
export type RecipeRequest = { sizePx?: number | undefined; batch?: number | undefined; epochs?: number | undefined; memoryBytes?: number }

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

/** Peak bytes of a training step per image of 224 px (EfficientNet-B0: 3.8 GB at batch 16 on tensorflow, 2.6 GB on wasm) or 64 px (W+20). */
const bytesPerImage: Record<NetworkName, (engine: EngineName, sizePx: number) => number> = {
  'efficientnet-b0': (engine, sizePx) => (engine === 'wasm' ? 155e6 : 240e6) * (sizePx / 224) ** 2,
  'w20-cnn': (_, sizePx) => 6e6 * (sizePx / 64) ** 2,
  'w20-cnn-tree': (_, sizePx) => 6e6 * (sizePx / 64) ** 2,
}

/**
 * How to train on this engine with this many labels. Without a network: EfficientNet-B0 at 224 px on an engine that is fast enough and
 * with labels enough, else the W+20 network at 64 px for the whole tree. Errors: `training/does-not-fit`, naming a recipe that fits.
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
  const sizePx = request.sizePx ?? (isFast && isEfficientNet ? designs[name].sizePx : 64)
  const batch = request.batch ?? (isEfficientNet || labelCount < FEW_LABELS ? 16 : 32)
  checkFit(engine, name, sizePx, batch, request.memoryBytes ?? totalmem())
  return {
    network: name,
    sizePx,
    batch,
    epochs: request.epochs ?? defaultEpochs(labelCount),
    learningRate: 1e-3,
    patience: isEfficientNet ? 10 : W20_PATIENCE,
    clipNorm: 5,
    augmentation: isEfficientNet ? 'w21' : 'w20',
  }
}

/** About 40,000 galaxies seen in all, but not under 20 nor over 100 epochs; early stopping usually ends it sooner. */
function defaultEpochs(labelCount: number): number {
  return Math.min(100, Math.max(20, Math.round(40_000 / Math.max(1, labelCount))))
}

function checkFit(engine: EngineName, name: NetworkName, sizePx: number, batch: number, memoryBytes: number): void {
  const perImage = bytesPerImage[name](engine, sizePx)
  const limit = Math.min(memoryBytes * MEMORY_SHARE, engine === 'wasm' ? WASM_BYTES : Infinity)
  const fits = Math.floor(limit / perImage)
  const asked = `${name} at ${sizePx} px with batches of ${batch}`
  const smaller = 'Use --model w20-cnn-tree --size 64 --batch 32.'
  if (engine === 'cpu' && name === 'efficientnet-b0') {
    throw new AppError('training/does-not-fit', `${asked} would take days on the engine cpu (about 10 seconds per galaxy). ${smaller}`)
  }
  if (batch <= fits) return
  const need = `needs about ${((perImage * batch) / GIB).toFixed(1)} GiB, and ${(limit / GIB).toFixed(1)} GiB are free for it on the engine ${engine}`
  throw new AppError('training/does-not-fit', `${asked} ${need}. ${fits >= 4 ? `Use --batch ${fits}, or --size ${sizePx / 2}.` : smaller}`)
}
