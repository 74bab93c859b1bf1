import type * as tf from '@tensorflow/tfjs-core'
import { setImmediate } from 'node:timers/promises'
import type { JobProgress } from '@shared/contract/job'
import { AppError } from '@shared/science/errors'
import { createRandom } from '@shared/science/stats/random'
import type { Network } from '../model/network'
import { isHeadWeight } from '../model/summary'
import { assignWeights, copyTensors } from '../model/weights'
import { createAdam } from './adam'
import { createAverage } from './average'
import { fingerprintOf, loadCheckpoint, saveCheckpoint, type Changing, type TrainingState } from './checkpoint'
import { evaluate, findStuckQuestions, isConstant } from './evaluate'
import { startClock } from './clock'
import { createHeadSteps } from './head-steps'
import { imageSource, type FeatureSource } from './inputs'
import { keptFeatureSource, keptSource } from './kept-features'
import { withinMemory } from './memory'
import { engineSteps, notFinite, type Steps } from './step'
import { evenBatches, votesOf, type TrainingData, type TrainingOptions, type TrainingResult } from './training-data'

/** How a training is watched, stopped and kept. A checkpoint that is there is gone on from; `everySeconds` is 30 if left out. */
export type TrainingControl = {
  onProgress?: (progress: JobProgress) => void
  signal?: AbortSignal
  checkpoint?: { path: string; everySeconds?: number } | null
}

/** An epoch of a large survey lasts a quarter of an hour, so checkpoints follow the clock; 64 MB for EfficientNet-B0, under 1 % of the time. */
const CHECKPOINT_SECONDS = 30

/**
 * Trains a network and leaves it with the weights of its best epoch (lowest validation loss), or with their average where one is asked for.
 * The same seed, data and engine give the same weights, interrupted or not: see [Note: Resuming]. Stops within one step when `signal` is
 * aborted, after a last checkpoint. Errors: `training/no-galaxies`, `training/not-finite`, `training/stuck`, `training/other-checkpoint`,
 * `engine/out-of-memory` when nothing fits, `job/cancelled`.
 */
export async function trainNetwork(
  network: Network,
  data: TrainingData,
  options: TrainingOptions,
  control: TrainingControl = {},
): Promise<TrainingResult> {
  const { onProgress, signal, checkpoint } = control
  const { seed, batch, microBatch = batch, epochs, patience } = options
  const trainRows = Array.from(data.trainIndices)
  const validationRows = Array.from(data.validationIndices)
  if (trainRows.length === 0) {
    throw new AppError('training/no-galaxies', 'No labelled galaxy is left to train on. Label some, or reveal votes, and train again.')
  }
  const { changing, trainable, dispose } = startChanging(network, options)
  const { adam, average } = changing
  try {
    const fingerprint = checkpoint ? fingerprintOf(network, data, options) : ''
    let state = (checkpoint && (await loadCheckpoint(checkpoint.path, fingerprint, changing))) ?? startState(Math.min(batch, microBatch))
    const stepsPerEpoch = Math.ceil(trainRows.length / batch)
    const clock = startClock(state, epochs * stepsPerEpoch, stepsPerEpoch)
    let savedAt = performance.now()
    const save = async () => {
      if (!checkpoint) return
      steps.settle('all')
      await saveCheckpoint(checkpoint.path, fingerprint, changing, { ...state, seconds: clock.seconds() })
      savedAt = performance.now()
    }
    const throwIfCancelled = () => {
      if (signal?.aborted) throw new AppError('job/cancelled', 'The training was cancelled. It can be resumed from where it stopped.')
    }
    const source = await featureSource(network, data, options, (done, total) => {
      throwIfCancelled()
      onProgress?.({ phase: 'computing features', done, total, secondsLeft: null })
    })
    const inputs = { network, trainable, adam, average, source, data, options }
    const steps = (await createHeadSteps(inputs)) ?? engineSteps(inputs)
    const evaluated = async (rows: readonly number[], outputsOf?: Steps['outputs']) => {
      const attempt = (size: number) => evaluate(network, source, data, options, rows, throwIfCancelled, size, outputsOf)
      const { value, microBatch } = await withinMemory(state.microBatch, attempt)
      state = { ...state, microBatch }
      return value
    }

    while (state.epoch < epochs && !isOver(state, patience)) {
      const { epoch } = state
      const batches = evenBatches(createRandom(seed, 'order', epoch).shuffle(trainRows), batch)
      while (state.step < batches.length) {
        // Lets messages in, a cancel among them.
        await setImmediate()
        if (signal?.aborted) await save()
        throwIfCancelled()
        const { step } = state
        const place = { epoch, step, next: batches[step + 1] }
        const { value, microBatch } = await steps.take(batches[step]!, place, state.microBatch)
        state = { ...state, step: step + 1, lossSum: state.lossSum + value, microBatch }
        onProgress?.(clock.progress(state))
        if ((performance.now() - savedAt) / 1000 >= (checkpoint?.everySeconds ?? CHECKPOINT_SECONDS)) await save()
      }
      steps.settle('weights')
      const closeEpoch = async () => {
        const { loss_N } = await evaluated(validationRows, average ? undefined : steps.outputs)
        if (!loss_N.every(Number.isFinite)) throw notFinite(data, validationRows, loss_N, epoch, null)
        return endEpoch(state, changing.variables, trainRows.length, loss_N)
      }
      state = await (average ? average.during(closeEpoch) : closeEpoch())
      onProgress?.({ ...clock.progress(state), lossPoint: state.lossCurve.at(-1)! })
    }

    assignWeights(network, state.bestWeights!)
    const checkedRows = validationRows.length > 0 ? validationRows : trainRows
    const { outputs_NA } = await evaluated(checkedRows)
    return {
      epochs: state.epoch,
      bestEpoch: state.best!.epoch + 1,
      bestValidationLoss: state.best!.validationLoss,
      lossCurve: state.lossCurve,
      microBatch: state.microBatch,
      seconds: clock.seconds(),
      stuckQuestions: checkStuck(network, options, outputs_NA, votesOf(data, checkedRows)),
    }
  } finally {
    dispose()
  }
}

/** What is trained, and everything that moves with it: for `head`, copies and checkpoints leave the encoder out. */
function startChanging(network: Network, options: TrainingOptions) {
  const variables = new Map([...network.variables].filter(([name]) => options.train === 'all' || isHeadWeight(name)))
  const trainable = new Map([...variables].filter(([, variable]) => variable.trainable))
  const adam = createAdam(trainable, options.learningRate)
  const average = typeof options.averageDecay === 'number' ? createAverage(variables, options.averageDecay) : null
  const dispose = () => {
    adam.dispose()
    average?.dispose()
  }
  return { changing: { network, variables, adam, average } satisfies Changing, trainable, dispose }
}

function startState(microBatch: number): TrainingState {
  return { epoch: 0, step: 0, lossSum: 0, lossCurve: [], best: null, bestWeights: null, seconds: 0, microBatch }
}

async function featureSource(
  network: Network,
  data: TrainingData,
  options: TrainingOptions,
  onBatch: (done: number, total: number) => void,
): Promise<FeatureSource> {
  if (options.train === 'all') return imageSource(network, data, options)
  if (data.kept) return keptSource(data.kept, data.names.length, network.featureCount, options.seed)
  return keptFeatureSource(network, data, options, onBatch)
}

function isOver({ best, epoch }: TrainingState, patience: number): boolean {
  return best !== null && best.validationLoss !== null && epoch - 1 - best.epoch >= patience
}

async function endEpoch(
  state: TrainingState,
  changing: ReadonlyMap<string, tf.Variable>,
  trainCount: number,
  loss_N: readonly number[],
): Promise<TrainingState> {
  const validationLoss = loss_N.length > 0 ? loss_N.reduce((sum, loss) => sum + loss, 0) / loss_N.length : null
  const point = { epoch: state.epoch + 1, trainLoss: state.lossSum / trainCount, validationLoss }
  const previous = state.best?.validationLoss ?? Infinity
  const isBest = validationLoss === null || validationLoss < previous
  return {
    ...state,
    epoch: state.epoch + 1,
    step: 0,
    lossSum: 0,
    lossCurve: [...state.lossCurve, point],
    best: isBest ? { epoch: state.epoch, validationLoss } : state.best,
    bestWeights: isBest ? await copyTensors(changing) : state.bestWeights,
  }
}

function checkStuck(network: Network, { questions }: TrainingOptions, outputs_NA: Float32Array, votes_NA: Float32Array): number[] {
  if (isConstant(outputs_NA, network.outputCount)) {
    throw new AppError(
      'training/stuck',
      'The network gives every galaxy the same answers: the training stuck. Train again with another --seed, or with more labelled galaxies.',
    )
  }
  return network.likelihood === 'binomial' ? [] : findStuckQuestions(outputs_NA, votes_NA, questions, network.outputCount)
}
