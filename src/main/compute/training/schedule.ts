import type { TrainingOptions } from './training-data'

/** Of all steps: the first ones, when Adam's running means of the gradients still rest on a few batches. */
const WARM_UP_SHARE = 0.05

/**
 * The learning rate of one step, `step` from 0 to `totalSteps - 1`. It depends on the step alone, so a resumed training repeats it.
 * Source of the cosine: Loshchilov & Hutter 2016 (arXiv 1608.03983), without restarts.
 */
export function learningRateAt(
  { learningRate, schedule }: Pick<TrainingOptions, 'learningRate' | 'schedule'>,
  step: number,
  totalSteps: number,
): number {
  if (schedule !== 'cosine') return learningRate
  const warmUp = Math.max(1, Math.round(totalSteps * WARM_UP_SHARE))
  if (step < warmUp) return (learningRate * (step + 1)) / warmUp
  const done = (step - warmUp) / Math.max(1, totalSteps - warmUp)
  return (learningRate * (1 + Math.cos(Math.PI * done))) / 2
}
