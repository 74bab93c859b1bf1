import * as tf from '@tensorflow/tfjs-core'
import type { NetworkName } from '@shared/contract/job'
import { createBuilder, type Builder } from './builder'
import { efficientNetB0 } from './efficientnet-b0'
import type { Encoder } from './encoder'
import { createHead } from './head'
import type { Likelihood, Network } from './network'
import { w20Cnn } from './w20-cnn'

export type Design = { encoder: (builder: Builder, sizePx: number) => Encoder; sizePx: number; dropoutRate: number; likelihood: Likelihood }

/** What tells the networks apart. `sizePx` is the published image size, taken where none is asked for. */
export const designs: Readonly<Record<NetworkName, Design>> = {
  'efficientnet-b0': { encoder: efficientNetB0, sizePx: 224, dropoutRate: 0.2, likelihood: 'dirichlet-multinomial' },
  'w20-cnn': { encoder: w20Cnn, sizePx: 128, dropoutRate: 0.5, likelihood: 'binomial' },
  'w20-cnn-tree': { encoder: w20Cnn, sizePx: 128, dropoutRate: 0.5, likelihood: 'dirichlet-multinomial' },
}

export type BuildOptions = { outputCount: number; sizePx?: number | undefined; seed: number }

/**
 * A new network on the engine in use, its weights drawn from `seed`: equal on every engine. `outputCount` is the number of answers of the
 * tree, or 2 for the binomial `w20-cnn`. Errors: `model/bad-size`.
 */
export function buildNetwork(name: NetworkName, options: BuildOptions): Network {
  return assembleNetwork(name, designs[name], options)
}

/** An encoder and a head as one network. */
export function assembleNetwork(name: NetworkName, design: Design, { outputCount, sizePx = design.sizePx, seed }: BuildOptions): Network {
  if (design.likelihood === 'binomial' && outputCount !== 2) throw new Error(`${name} has 2 outputs, not ${outputCount}`)
  const builder = createBuilder(seed)
  const encoder = design.encoder(builder, sizePx)
  const head = createHead(builder, encoder.featureCount, outputCount, design.likelihood)
  return {
    name,
    sizePx,
    featureCount: encoder.featureCount,
    outputCount,
    likelihood: design.likelihood,
    dropoutRate: design.dropoutRate,
    layers: builder.layers,
    variables: builder.variables,
    encode: (images_BHWC, mode, random) => tf.tidy(() => encoder.run(images_BHWC, { mode, random: random ?? null })),
    head,
    dispose: builder.dispose,
  }
}
