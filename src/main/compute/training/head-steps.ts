/**
 * @file Steps of a training of the head alone, from features that are kept, without an engine. Recorded step by step on an engine the loss alone
 * is 200 operations on 34 columns, which take longer than the two products with the weights. Here the products are a kernel of ours and the
 * rest is plain numbers: 1,000 labels × 50 epochs take 0.4 s on one core.
 */
import * as tf from '@tensorflow/tfjs-core'
import { createRandom } from '@shared/science/stats/random'
import { compileModule } from '../engine/wasm/kernel-files'
import { LEAST_SLOPE, LOGIT_BOUND } from '../model/head'
import { createHeadKernel, type HeadKernel, type HeadNumbers } from './head-kernel'
import { dirichletMultinomialLoss } from './plain-loss'
import { pace, type StepInputs, type Steps } from './step'
import type { GradientInputs, Place } from './gradients'

const KERNEL = 'head/kernel'
const BIAS = 'head/bias'

/**
 * The steps of the head, or null where they are the engine's: a binomial head has two columns and goes the way of every network, and so
 * does everything on a processor that cannot run the kernel. Goes on from the weights and the optimiser as they are.
 */
export async function createHeadSteps(inputs: StepInputs): Promise<Steps | null> {
  const { network, trainable, source, adam, average } = inputs
  const isHead = trainable.size === 2 && trainable.has(KERNEL) && trainable.has(BIAS)
  if (network.likelihood !== 'dirichlet-multinomial' || !isHead || source.kept === undefined) return null
  const module = await compileModule('head')
  if (module === null) return null
  const kernel = createHeadKernel(module, network.featureCount, network.outputCount)

  const valuesOf = async (name: string) => (await trainable.get(name)!.data()) as Float32Array
  kernel.write('weights', { kernel_FA: await valuesOf(KERNEL), bias_A: await valuesOf(BIAS) })
  const start = await adam.copyState()
  for (const part of ['first', 'second'] as const) {
    const of = (name: string) => start.moments.get(`${part}/${name}`)!.values as Float32Array
    kernel.write(part, { kernel_FA: of(KERNEL), bias_A: of(BIAS) })
  }
  let optimiserStep = start.step

  const settle = (what: 'weights' | 'all') => {
    const shapeOf = (name: string) => trainable.get(name)!.shape
    tf.tidy(() => {
      for (const [name, values] of named(kernel.read('weights'))) trainable.get(name)!.assign(tf.tensor(values, shapeOf(name)))
    })
    if (what === 'weights') return
    const moments = (['first', 'second'] as const).flatMap((part) =>
      named(kernel.read(part)).map(([name, values]) => [`${part}/${name}`, { shape: shapeOf(name), values }] as const),
    )
    adam.restoreState({ step: optimiserStep, moments: new Map(moments) })
  }
  return {
    take: async (indices, place, microBatch) => {
      const losses = headGradient(kernel, inputs, indices, place)
      const { rate, factor, stepsDone } = pace(inputs, indices, { losses, norm: kernel.gradientLength() }, place.epoch, place.step)
      if (factor !== 1) kernel.scaleGradient(factor)
      kernel.adam(++optimiserStep, rate)
      if (average) {
        settle('weights')
        average.follow(stepsDone)
      }
      return { value: losses.reduce((sum, loss) => sum + loss, 0), microBatch }
    },
    settle,
    outputs: (indices) => headOutputs(kernel, inputs, indices),
  }
}

const named = ({ kernel_FA, bias_A }: HeadNumbers) =>
  [
    [KERNEL, kernel_FA],
    [BIAS, bias_A],
  ] as const

/**
 * The losses [B] of the rows `indices`, in nats; the gradient of their mean is left in the kernel. Equal to what TensorFlow.js finds for
 * `network.head` and `lossPerGalaxy`, with the masks of `batchGradients` and [Note: Concentrations that stick] included.
 */
export function headGradient(kernel: HeadKernel, inputs: GradientInputs, indices: readonly number[], { epoch, step }: Place): number[] {
  const { network, source, options } = inputs
  const random = createRandom(options.seed, 'dropout', epoch, step)
  const losses: number[] = []
  const lossOf = createLogitLoss(kernel, inputs, indices.length)
  kernel.clearGradient()
  for (let first = 0; first < indices.length; first += kernel.blockRows) {
    const rows = Math.min(kernel.blockRows, indices.length - first)
    for (let row = 0; row < rows; row++) kernel.features_RF[row]!.set(source.kept!.train(indices[first + row]!, epoch))
    random.fillBits(kernel.words.subarray(0, Math.ceil((rows * network.featureCount) / 2)))
    kernel.drop(rows, network.dropoutRate)
    kernel.multiply(rows)
    for (let row = 0; row < rows; row++) losses.push(lossOf(row, indices[first + row]!))
    kernel.addOuterProducts(rows)
  }
  return losses
}

/** Outputs [B, A] of the centred view, nothing dropped: those of `network.head`. */
export function headOutputs(kernel: HeadKernel, { network, source }: GradientInputs, indices: readonly number[]): Float32Array {
  const { outputCount } = network
  const fraction_A = new Float32Array(outputCount)
  const outputs_BA = new Float32Array(indices.length * outputCount)
  for (let first = 0; first < indices.length; first += kernel.blockRows) {
    const rows = Math.min(kernel.blockRows, indices.length - first)
    for (let row = 0; row < rows; row++) kernel.features_RF[row]!.set(source.kept!.centred(indices[first + row]!))
    kernel.multiply(rows)
    for (let row = 0; row < rows; row++)
      concentrate(kernel.values_RC, row * kernel.columns, fraction_A, outputs_BA, (first + row) * outputCount)
  }
  return outputs_BA
}

/** As `concentrations` in head.ts: from the logits of one galaxy at `at` their sigmoids [A], and the concentrations, to `outputs` at `to`. */
function concentrate(logits: Float32Array, at: number, fraction_A: Float32Array, outputs: Float32Array, to: number): void {
  for (let answer = 0; answer < fraction_A.length; answer++) {
    const logit = Math.min(LOGIT_BOUND, Math.max(-LOGIT_BOUND, logits[at + answer]!))
    fraction_A[answer] = 1 / (1 + Math.exp(-logit))
    outputs[to + answer] = 1 + 100 * fraction_A[answer]!
  }
}

/** The loss of one galaxy, whose logits in the kernel make way for d(loss / total)/d(logit). See `concentrations` in head.ts for the bounds. */
function createLogitLoss({ values_RC, columns }: HeadKernel, { network, data, options }: GradientInputs, total: number) {
  const { outputCount } = network
  const { questions } = options
  const { votes_NA, weights_NQ } = data
  const fraction_A = new Float32Array(outputCount)
  const outputs_A = new Float32Array(outputCount)
  const gradient_A = new Float32Array(outputCount)
  return (row: number, index: number): number => {
    const at = row * columns
    concentrate(values_RC, at, fraction_A, outputs_A, 0)
    const votes_A = votes_NA.subarray(index * outputCount, (index + 1) * outputCount)
    const weights_Q = weights_NQ?.subarray(index * questions.length, (index + 1) * questions.length) ?? null
    const loss = dirichletMultinomialLoss({ outputs_A, votes_A, weights_Q }, questions, gradient_A)
    for (let answer = 0; answer < outputCount; answer++) {
      const logit = values_RC[at + answer]!
      const slope = gradient_A[answer]! / total
      const isOutward = (logit <= -LOGIT_BOUND && slope > 0) || (logit >= LOGIT_BOUND && slope < 0)
      const fraction = fraction_A[answer]!
      values_RC[at + answer] = isOutward ? 0 : slope * 100 * Math.max(fraction * (1 - fraction), LEAST_SLOPE)
    }
    return loss
  }
}
