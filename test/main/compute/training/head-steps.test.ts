import * as tf from '@tensorflow/tfjs-core'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createRandom } from '@shared/science/stats/random'
import { hasRelaxedSimd } from '@main/compute/engine/wasm/kernel-files'
import { dense } from '@main/compute/model/blocks'
import { assembleNetwork } from '@main/compute/model/build'
import type { Network } from '@main/compute/model/network'
import { isHeadWeight } from '@main/compute/model/summary'
import { createAdam } from '@main/compute/training/adam'
import { createAverage } from '@main/compute/training/average'
import { evaluate } from '@main/compute/training/evaluate'
import { batchGradients } from '@main/compute/training/gradients'
import { createHeadKernel } from '@main/compute/training/head-kernel'
import { createHeadSteps, headGradient, headOutputs } from '@main/compute/training/head-steps'
import { keptSource } from '@main/compute/training/kept-features'
import { engineSteps, type StepInputs } from '@main/compute/training/step'
import { trainNetwork } from '@main/compute/training/trainer'
import type { TrainingData, TrainingOptions } from '@main/compute/training/training-data'
import { packageRoot } from '@main/paths'
import { useEngine } from '../use-engine'
import { trainingOptions } from './support'

beforeAll(useEngine)

/** Float32 sums of 1,281 products in another order, and the engine's difference of lgammas, of the largest value of the same weight. */
const SINGLE_PRECISION = 1e-5
/** The same for a loss, relative: on an engine it is made of differences of lgammas in float32. */
const LOSS_PRECISION = 1e-4
/** Of the length: the engine wasm adds up 43,520 squares one after the other in float32, and is 3e-5 off. */
const LENGTH_PRECISION = 1e-4

const file = (name: string) => join(packageRoot(), 'out', 'kernels', name)
const names = ['head.wasm', ...(hasRelaxedSimd() ? ['head-relaxed.wasm'] : [])].filter((name) => existsSync(file(name)))

/** A head of so many features and answers, on an encoder that is never run. */
function headNetwork(featureCount: number, outputCount: number): Network {
  return assembleNetwork(
    'w20-cnn-tree',
    {
      sizePx: 1,
      dropoutRate: 0.2,
      likelihood: 'dirichlet-multinomial',
      encoder: (builder) => {
        const run = dense(builder, 'unused', 1, featureCount, 'relu')
        return { featureCount, run: (images) => run(tf.reshape(images, [-1, 1])) }
      },
    },
    { outputCount, seed: 3 },
  )
}

/** Questions of 2 to 6 answers in turn, `outputCount` in all. */
function questionsOf(outputCount: number): { start: number; end: number }[] {
  const questions: { start: number; end: number }[] = []
  for (let start = 0; start < outputCount; start = questions.at(-1)!.end)
    questions.push({ start, end: Math.min(outputCount, start + 2 + (questions.length % 5)) })
  return questions
}

type Size = { galaxies: number; featureCount: number; outputCount: number }

/** Votes whole and not, few and hundreds, questions without any, weights, and logits inside, near and beyond the bounds. */
function headInputs({ galaxies, featureCount, outputCount }: Size, overrides: Partial<TrainingOptions> = {}) {
  const network = headNetwork(featureCount, outputCount)
  const random = createRandom(5, 'head', outputCount)
  const bias_A = Float32Array.from({ length: outputCount }, (_, answer) => [-3, 0.5, -14, 14, -7, 5][answer % 6]!)
  tf.tidy(() => network.variables.get('head/bias')!.assign(tf.tensor1d(bias_A)))
  const features_NF = Float32Array.from({ length: galaxies * featureCount }, () => random.next() * random.next())
  const questions = questionsOf(outputCount)
  const votes_NA = new Float32Array(galaxies * outputCount)
  for (let galaxy = 0; galaxy < galaxies; galaxy++) {
    for (const { start, end } of questions) {
      const most = [0, 1, 12, 40, 90][random.integer(5)]!
      const unit = random.integer(6) === 0 ? 0.5 : 1
      for (let answer = start; answer < end; answer++)
        votes_NA[galaxy * outputCount + answer] = (unit * random.integer(most + 1)) / (end - start > 3 ? unit : 1)
    }
  }
  const all = Array.from({ length: galaxies }, (_, i) => i)
  const of = (index: number) => features_NF.subarray(index * featureCount, (index + 1) * featureCount)
  const data: TrainingData = {
    storedSizePx: 0,
    image: () => new Uint8Array(),
    kept: { trainingViews: 1, checkedView: 0, of },
    votes_NA,
    weights_NQ: Float32Array.from({ length: galaxies * questions.length }, () => 1 + random.integer(3)),
    names: all.map((index) => `galaxy-${index}`),
    trainIndices: all,
    validationIndices: [],
  }
  const trainable = new Map([...network.variables].filter(([name]) => isHeadWeight(name)))
  const source = keptSource(data.kept!, galaxies, featureCount, 1)
  return { network, trainable, source, data, options: trainingOptions({ questions, train: 'head', batch: galaxies, ...overrides }), all }
}

const weightsOf = (network: Network) => {
  const values = (name: string) => Float32Array.from(network.variables.get(name)!.dataSync())
  return { kernel_FA: values('head/kernel'), bias_A: values('head/bias') }
}

/** The largest difference, relative to the largest of the expected values. */
function difference(found: ArrayLike<number>, expected: Float32Array): number {
  expect(found).toHaveLength(expected.length)
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0) / scale
}

describe.skipIf(names.length === 0)(`the head without an engine (${names.length > 0 ? 'built' : 'not built'})`, () => {
  describe.each(names)('%s', (name) => {
    const module = new WebAssembly.Module(readFileSync(file(name)))

    // Blocks of 48 rows, the last one full, of three or not; one panel of 12 answers to four; features in fours or not.
    test.each([
      { galaxies: 125, featureCount: 1280, outputCount: 34 },
      { galaxies: 7, featureCount: 128, outputCount: 37 },
      { galaxies: 50, featureCount: 9, outputCount: 2 },
      { galaxies: 97, featureCount: 6, outputCount: 12 },
    ])('$galaxies galaxies, $featureCount features, $outputCount answers: the gradient that TensorFlow.js records', async (size) => {
      const { all, ...inputs } = headInputs(size)
      const place = { epoch: 3, step: 1 }
      const kernel = createHeadKernel(module, size.featureCount, size.outputCount)
      kernel.write('weights', weightsOf(inputs.network))
      const losses = headGradient(kernel, inputs, all, place)
      const recorded = await batchGradients(inputs, all, place, size.galaxies)
      const valuesOf = (name: string) => Float32Array.from(recorded.gradients.get(name)!.dataSync())
      const { kernel_FA, bias_A } = kernel.read('gradient')
      expect(difference(kernel_FA, valuesOf('head/kernel'))).toBeLessThan(SINGLE_PRECISION)
      expect(difference(bias_A, valuesOf('head/bias'))).toBeLessThan(SINGLE_PRECISION)
      expect(Math.abs(kernel.gradientLength() / recorded.norm - 1)).toBeLessThan(LENGTH_PRECISION)
      expect(losses).toHaveLength(size.galaxies)
      losses.forEach((loss, i) => expect(Math.abs(loss - recorded.losses[i]!)).toBeLessThan(LOSS_PRECISION * Math.max(1, loss)))
      tf.dispose([...recorded.gradients.values()])
      const outputs = tf.tidy(() => inputs.network.head(inputs.source.centred(all), null).dataSync<'float32'>())
      expect(difference(headOutputs(kernel, inputs, all), Float32Array.from(outputs))).toBeLessThan(SINGLE_PRECISION)
      inputs.network.dispose()
    })

    test('what is written is read, and a longer gradient is shortened', () => {
      const random = createRandom(2, 'numbers')
      const draw = (count: number) => Float32Array.from({ length: count }, () => random.normal())
      const kernel = createHeadKernel(module, 10, 25)
      const numbers = { kernel_FA: draw(250), bias_A: draw(25) }
      for (const part of ['weights', 'gradient', 'first', 'second'] as const) {
        kernel.write(part, numbers)
        expect(kernel.read(part)).toEqual(numbers)
      }
      kernel.scaleGradient(0.5)
      expect(kernel.read('gradient').bias_A).toEqual(numbers.bias_A.map((value) => value / 2))
      expect(kernel.gradientLength()).toBeCloseTo(Math.hypot(...numbers.kernel_FA, ...numbers.bias_A) / 2, 5)
      kernel.clearGradient()
      expect(kernel.gradientLength()).toBe(0)
    })

    test('the gradient is the slope of the loss', () => {
      const { all, ...inputs } = headInputs({ galaxies: 20, featureCount: 16, outputCount: 10 })
      // Well inside the bounds, where the gradient is the formula's; nothing dropped.
      const network = { ...inputs.network, dropoutRate: 0 }
      const { kernel_FA } = weightsOf(network)
      const bias_A = Float32Array.from({ length: 10 }, (_, answer) => [-3, 0.5, -2, 1][answer % 4]!)
      const kernel = createHeadKernel(module, 16, 10)
      const lossAt = (weights_FA: Float32Array) => {
        kernel.write('weights', { kernel_FA: weights_FA, bias_A })
        const losses = headGradient(kernel, { ...inputs, network }, all, { epoch: 0, step: 0 })
        return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
      }
      lossAt(kernel_FA)
      const gradient_FA = kernel.read('gradient').kernel_FA
      const length = Math.hypot(...gradient_FA)
      const step = 1e-3
      const moved = (by: number) => lossAt(kernel_FA.map((value, i) => value + (by * gradient_FA[i]!) / length))
      expect(Math.abs((moved(step) - moved(-step)) / (2 * step) / length - 1)).toBeLessThan(1e-3)
      inputs.network.dispose()
    })
  })

  const size = { galaxies: 60, featureCount: 24, outputCount: 13 }
  test.each([
    { title: 'plainly', overrides: { clipNorm: null } },
    { title: 'with a bound on the gradient', overrides: { clipNorm: 0.5 } },
    { title: 'with a moving average and a schedule', overrides: { averageDecay: 0.9, schedule: 'cosine' as const } },
  ])('$title, twenty steps end where the engine ends', async ({ overrides }) => {
    const run = async (isOnEngine: boolean) => {
      const { all, source, ...rest } = headInputs(size, { batch: 30, epochs: 10, learningRate: 1e-2, ...overrides })
      const { kept, ...withoutKept } = source
      expect(kept).toBeDefined()
      const before = tf.memory().numTensors
      const adam = createAdam(rest.trainable, rest.options.learningRate)
      const decay = rest.options.averageDecay ?? null
      const average = decay === null ? null : createAverage(rest.trainable, decay)
      const inputs: StepInputs = { ...rest, source: isOnEngine ? withoutKept : source, adam, average }
      const head = await createHeadSteps(inputs)
      expect(head === null).toBe(isOnEngine)
      const steps = head ?? engineSteps(inputs)
      const losses: number[] = []
      for (let epoch = 0; epoch < 10; epoch++)
        for (const step of [0, 1]) losses.push((await steps.take(all.slice(30 * step, 30 * step + 30), { epoch, step }, 30)).value)
      steps.settle('all')
      const state = await adam.copyState()
      const found = { losses, ...weightsOf(rest.network), state, averages: (await average?.copyState()) ?? new Map<string, never>() }
      adam.dispose()
      average?.dispose()
      expect(tf.memory().numTensors).toBe(before)
      rest.network.dispose()
      return found
    }
    const [plain, engine] = [await run(false), await run(true)]
    // Seen: 3e-7 beside tensorflow, 2e-5 beside the others, whose sums and lgammas are less exact; of the squares of gradients.
    const grown = 1e-4
    expect(difference(plain.losses, Float32Array.from(engine.losses))).toBeLessThan(grown)
    expect(plain.losses.at(-1)!).toBeLessThan(plain.losses[0]!)
    expect(difference(plain.kernel_FA, engine.kernel_FA)).toBeLessThan(grown)
    expect(difference(plain.bias_A, engine.bias_A)).toBeLessThan(grown)
    expect(plain.state.step).toBe(20)
    for (const [name, { shape, values }] of engine.state.moments) {
      expect(plain.state.moments.get(name)!.shape).toEqual(shape)
      expect(difference(plain.state.moments.get(name)!.values, values as Float32Array)).toBeLessThan(grown)
    }
    expect([...plain.averages.keys()]).toEqual([...engine.averages.keys()])
  })

  test('the validation loss is the one that the engine finds for the weights that are kept', async () => {
    const { all, source, ...inputs } = headInputs(size, { batch: 20, epochs: 4, learningRate: 1e-2 })
    const data = { ...inputs.data, trainIndices: all.slice(20), validationIndices: all.slice(0, 20) }
    const before = tf.memory().numTensors
    const result = await trainNetwork(inputs.network, data, inputs.options)
    expect(tf.memory().numTensors).toBe(before)
    const { loss_N } = await evaluate(inputs.network, source, data, inputs.options, all.slice(0, 20), () => undefined)
    const mean = loss_N.reduce((sum, loss) => sum + loss, 0) / 20
    expect(Math.abs(result.bestValidationLoss! / mean - 1)).toBeLessThan(SINGLE_PRECISION)
    expect(result.bestValidationLoss).toBe(result.lossCurve[result.bestEpoch - 1]!.validationLoss)
    inputs.network.dispose()
  })

  test('a vote that is not finite stops it with epoch, batch and galaxy, before a weight changes', async () => {
    const { all, ...inputs } = headInputs(size)
    inputs.data.votes_NA[51 * size.outputCount + 4] = NaN
    const before = weightsOf(inputs.network)
    const training = trainNetwork(inputs.network, inputs.data, { ...inputs.options, batch: all.length })
    await expect(training).rejects.toMatchObject({ code: 'training/not-finite' })
    await expect(training).rejects.toThrow(/epoch 1, batch 1, galaxies galaxy-51\./)
    expect(weightsOf(inputs.network)).toEqual(before)
    inputs.network.dispose()
  })

  test('a feature that is not finite stops it too', async () => {
    const { all, ...inputs } = headInputs(size)
    inputs.data.kept!.of(7, 0).fill(Infinity)
    const training = trainNetwork(inputs.network, inputs.data, { ...inputs.options, batch: all.length })
    await expect(training).rejects.toThrow(/epoch 1, batch 1, galaxies galaxy-7\./)
    inputs.network.dispose()
  })

  test('a cancel stops it within one step', async () => {
    const { all, ...inputs } = headInputs(size, { batch: 10, epochs: 50 })
    expect(all).toHaveLength(60)
    const cancel = new AbortController()
    let last = 0
    const training = trainNetwork(inputs.network, inputs.data, inputs.options, {
      signal: cancel.signal,
      onProgress: ({ done }) => {
        last = done
        // As a message does, between two turns of the event loop.
        if (done === 20) setImmediate(() => cancel.abort())
      },
    })
    await expect(training).rejects.toMatchObject({ code: 'job/cancelled' })
    expect(last).toBeGreaterThanOrEqual(20)
    expect(last).toBeLessThanOrEqual(21)
    inputs.network.dispose()
  })
})
