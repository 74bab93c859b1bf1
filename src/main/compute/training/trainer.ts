import { setImmediate } from 'node:timers/promises'
import type { JobProgress } from '@shared/contract/job'
import { AppError } from '@shared/science/errors'
import { createRandom } from '@shared/science/stats/random'
import type { Network } from '../model/network'
import { isHeadWeight } from '../model/summary'
import { assignWeights, copyWeights } from '../model/weights'
import { createAdam } from './adam'
import { fingerprintOf, loadCheckpoint, saveCheckpoint, type TrainingState } from './checkpoint'
import { evaluate, findStuckQuestions, isConstant } from './evaluate'
import { imageSource, keptFeatureSource } from './inputs'
import { notFinite, trainingStep } from './step'
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
 * Trains a network and leaves it with the weights of its best epoch (lowest validation loss). The same seed, data and engine give the same
 * weights, interrupted or not: see [Note: Resuming]. Stops within one step when `signal` is aborted, after a last checkpoint.
 * Errors: `training/no-galaxies`, `training/not-finite`, `training/stuck`, `training/other-checkpoint`, `job/cancelled`.
 */
export async function trainNetwork(
  network: Network,
  data: TrainingData,
  options: TrainingOptions,
  control: TrainingControl = {},
): Promise<TrainingResult> {
  const { onProgress, signal, checkpoint } = control
  const { seed, batch, epochs, patience } = options
  const trainRows = Array.from(data.trainIndices)
  const validationRows = Array.from(data.validationIndices)
  if (trainRows.length === 0) {
    throw new AppError('training/no-galaxies', 'No labelled galaxy is left to train on. Label some, or reveal votes, and train again.')
  }
  const trainable = new Map(
    [...network.variables].filter(([name, { trainable }]) => trainable && (options.train === 'all' || isHeadWeight(name))),
  )
  const adam = createAdam(trainable, options.learningRate)
  try {
    const fingerprint = checkpoint ? fingerprintOf(network, data, options) : ''
    const start: TrainingState = { epoch: 0, step: 0, lossSum: 0, lossCurve: [], best: null, bestWeights: null, seconds: 0 }
    let state = (checkpoint && (await loadCheckpoint(checkpoint.path, fingerprint, network, adam))) ?? start
    const stepsPerEpoch = Math.ceil(trainRows.length / batch)
    const clock = startClock(state, epochs * stepsPerEpoch, stepsPerEpoch)
    let savedAt = performance.now()
    const save = async () => {
      if (!checkpoint) return
      await saveCheckpoint(checkpoint.path, fingerprint, network, adam, { ...state, seconds: clock.seconds() })
      savedAt = performance.now()
    }
    const throwIfCancelled = () => {
      if (signal?.aborted) throw new AppError('job/cancelled', 'The training was cancelled. It can be resumed from where it stopped.')
    }
    const source =
      options.train === 'all'
        ? imageSource(network, data, options)
        : await keptFeatureSource(network, data, options, (done, total) => {
            throwIfCancelled()
            onProgress?.({ phase: 'computing features', done, total, secondsLeft: null })
          })

    while (state.epoch < epochs && !isOver(state, patience)) {
      const { epoch } = state
      const batches = evenBatches(createRandom(seed, 'order', epoch).shuffle(trainRows), batch)
      while (state.step < batches.length) {
        // Lets messages in, a cancel among them.
        await setImmediate()
        if (signal?.aborted) await save()
        throwIfCancelled()
        const { step } = state
        const lossSum = await trainingStep({ network, trainable, adam, source, data, options }, batches[step]!, epoch, step)
        state = { ...state, step: step + 1, lossSum: state.lossSum + lossSum }
        onProgress?.(clock.progress(state))
        if ((performance.now() - savedAt) / 1000 >= (checkpoint?.everySeconds ?? CHECKPOINT_SECONDS)) await save()
      }
      const { loss_N } = await evaluate(network, source, data, options, validationRows, throwIfCancelled)
      if (!loss_N.every(Number.isFinite)) throw notFinite(data, validationRows, loss_N, epoch, null)
      state = await endEpoch(state, network, trainRows.length, loss_N)
      onProgress?.({ ...clock.progress(state), lossPoint: state.lossCurve.at(-1)! })
    }

    assignWeights(network, state.bestWeights!)
    const checkedRows = validationRows.length > 0 ? validationRows : trainRows
    const { outputs_NA } = await evaluate(network, source, data, options, checkedRows, throwIfCancelled)
    return {
      epochs: state.epoch,
      bestEpoch: state.best!.epoch + 1,
      bestValidationLoss: state.best!.validationLoss,
      lossCurve: state.lossCurve,
      seconds: clock.seconds(),
      stuckQuestions: checkStuck(network, options, outputs_NA, votesOf(data, checkedRows)),
    }
  } finally {
    adam.dispose()
  }
}

function isOver({ best, epoch }: TrainingState, patience: number): boolean {
  return best !== null && best.validationLoss !== null && epoch - 1 - best.epoch >= patience
}

async function endEpoch(state: TrainingState, network: Network, trainCount: number, loss_N: readonly number[]): Promise<TrainingState> {
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
    bestWeights: isBest ? await copyWeights(network) : state.bestWeights,
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

/** Seconds of all sessions, and the time left from the pace of this one. */
function startClock(start: TrainingState, totalSteps: number, stepsPerEpoch: number) {
  const startedAt = performance.now()
  const stepsDone = (state: TrainingState) => state.epoch * stepsPerEpoch + state.step
  const doneBefore = stepsDone(start)
  const session = () => (performance.now() - startedAt) / 1000
  return {
    seconds: () => start.seconds + session(),
    progress: (state: TrainingState): JobProgress => {
      const done = stepsDone(state)
      const pace = session() / Math.max(1, done - doneBefore)
      return { phase: 'training', done, total: totalSteps, secondsLeft: pace * (totalSteps - done) }
    },
  }
}
