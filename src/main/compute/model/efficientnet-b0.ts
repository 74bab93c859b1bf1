/**
 * EfficientNet-B0 with one input channel: 4,048,988 parameters, moving statistics included. Layer for layer Keras' network, without the
 * normalisation in front of it. Source: Tan & Le 2019 (arXiv 1905.11946); used on galaxies by Walmsley et al. 2022 (arXiv 2102.08414).
 */
import { meanPixels } from '../ops/pixels'
import { addBranch, batchNorm, convolution, depthwise, runBlocks, squeezeExcite, type Block, type Shape } from './blocks'
import type { Builder } from './builder'
import type { Encoder } from './encoder'

type Stage = { kernelPx: 3 | 5; repeats: number; channels: number; expand: 1 | 6; stride: 1 | 2 }
const stages: readonly Stage[] = [
  { kernelPx: 3, repeats: 1, channels: 16, expand: 1, stride: 1 },
  { kernelPx: 3, repeats: 2, channels: 24, expand: 6, stride: 2 },
  { kernelPx: 5, repeats: 2, channels: 40, expand: 6, stride: 2 },
  { kernelPx: 3, repeats: 3, channels: 80, expand: 6, stride: 2 },
  { kernelPx: 5, repeats: 3, channels: 112, expand: 6, stride: 1 },
  { kernelPx: 5, repeats: 4, channels: 192, expand: 6, stride: 2 },
  { kernelPx: 3, repeats: 1, channels: 320, expand: 6, stride: 1 },
]
const STEM_CHANNELS = 32
const FEATURES = 1280
/** Branches are dropped with a probability that rises from 0 at the first block towards this one. */
const DROP_BRANCH_RATE = 0.2

export function efficientNetB0(builder: Builder, sizePx: number): Encoder {
  const blocks: Block[] = []
  const add = (block: Block): Shape => {
    blocks.push(block)
    return block.shape
  }
  let shape = add(convolution(builder, 'stem/conv', { sizePx, channels: 1 }, STEM_CHANNELS, 3, 2))
  shape = add(batchNorm(builder, 'stem/norm', shape, 'swish'))

  const blockCount = stages.reduce((sum, stage) => sum + stage.repeats, 0)
  let blockIndex = 0
  for (const [stageIndex, stage] of stages.entries()) {
    for (let repeat = 0; repeat < stage.repeats; repeat++, blockIndex++) {
      const name = `block${stageIndex + 1}${'abcd'[repeat]!}`
      const dropRate = (DROP_BRANCH_RATE * blockIndex) / blockCount
      shape = add(invertedResidual(builder, name, shape, { ...stage, stride: repeat === 0 ? stage.stride : 1 }, dropRate))
    }
  }

  shape = add(convolution(builder, 'top/conv', shape, FEATURES, 1, 1))
  add(batchNorm(builder, 'top/norm', shape, 'swish'))
  builder.row('top/mean', [FEATURES])
  return {
    featureCount: FEATURES,
    run: (images_BHWC, pass) => {
      const x = runBlocks(blocks, images_BHWC, pass)
      const features_BF = meanPixels(x)
      x.dispose()
      return features_BF
    },
  }
}

/** Widen by 1×1, filter each channel, weigh the channels, narrow by 1×1; added to the input where the shapes agree. */
function invertedResidual(builder: Builder, name: string, input: Shape, stage: Stage, dropRate: number): Block {
  const blocks: Block[] = []
  const add = (block: Block): Shape => {
    blocks.push(block)
    return block.shape
  }
  let shape = input
  if (stage.expand !== 1) {
    shape = add(convolution(builder, `${name}/expand`, shape, input.channels * stage.expand, 1, 1))
    shape = add(batchNorm(builder, `${name}/expand_norm`, shape, 'swish'))
  }
  shape = add(depthwise(builder, `${name}/depthwise`, shape, stage.kernelPx, stage.stride))
  shape = add(batchNorm(builder, `${name}/depthwise_norm`, shape, 'swish'))
  shape = add(squeezeExcite(builder, `${name}/squeeze_excite`, shape, Math.max(1, Math.floor(input.channels / 4))))
  shape = add(convolution(builder, `${name}/project`, shape, stage.channels, 1, 1))
  shape = add(batchNorm(builder, `${name}/project_norm`, shape, 'linear'))
  const isResidual = stage.stride === 1 && input.channels === stage.channels
  if (isResidual) builder.row(`${name}/add`, [shape.sizePx, shape.sizePx, shape.channels])
  return {
    shape,
    run: (x, pass) => {
      const branch = runBlocks(blocks, x, pass)
      if (!isResidual) return branch
      const y = addBranch(branch, x, dropRate, pass)
      branch.dispose()
      return y
    },
  }
}
