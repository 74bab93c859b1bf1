import { AppError } from '../errors'
import { indexTree } from '../tree/tree-index'
import type { Candidates, Prediction } from './candidates'
import type { Concentrations } from './tree'

/**
 * How far the dropout samples disagree: the standard deviation over samples of each answer's vote fraction, as the mean over answers and
 * galaxies. Exactly 0 when all samples are alike.
 */
export function meanSampleSpread(candidates: Candidates): number {
  const spread = createSpread(candidates)
  let sum = 0
  for (let galaxy = 0; galaxy < candidates.galaxyCount; galaxy++) sum += spread(candidates.samples(galaxy))
  return candidates.galaxyCount === 0 ? 0 : sum / candidates.galaxyCount
}

/**
 * Some galaxy's samples must disagree: otherwise the mutual information is 0 everywhere and a ranking means nothing. Throws
 * `acquisition/no-spread`.
 */
export function requireSpread(candidates: Candidates): void {
  const spread = createSpread(candidates)
  for (let galaxy = 0; galaxy < candidates.galaxyCount; galaxy++) if (spread(candidates.samples(galaxy)) !== 0) return
  throw noSpread(candidates.sampleCount)
}

/** The error `acquisition/no-spread`, with its likely reason. */
export function noSpread(count: number): AppError {
  const reason = count < 2 ? 'there is only one dropout sample' : `all ${count} dropout samples agree exactly`
  return new AppError(
    'acquisition/no-spread',
    `No galaxy stands out: ${reason}, so the mutual information is 0 everywhere. Use at least 2 samples and a model with dropout, or the strategy "random".`,
  )
}

/** The spread of one galaxy's samples: see `meanSampleSpread`. */
export function createSpread(prediction: Prediction): (samples: Concentrations) => number {
  const { sampleCount } = prediction
  const value_K = new Float64Array(sampleCount)
  if (prediction.kind === 'binomial') {
    return (rho_K) => {
      value_K.set(rho_K)
      return deviation(value_K)
    }
  }
  const { start_Q, questionCount, answerCount } = indexTree(prediction.tree)
  const total_K = new Float64Array(sampleCount)
  return (concentration_KA) => {
    let sum = 0
    for (let q = 0; q < questionCount; q++) {
      const end = start_Q[q + 1]!
      total_K.fill(0)
      for (let t = 0; t < sampleCount; t++) {
        for (let a = start_Q[q]!; a < end; a++) total_K[t] = total_K[t]! + concentration_KA[t * answerCount + a]!
      }
      for (let a = start_Q[q]!; a < end; a++) {
        for (let t = 0; t < sampleCount; t++) value_K[t] = concentration_KA[t * answerCount + a]! / total_K[t]!
        sum += deviation(value_K)
      }
    }
    return sum / answerCount
  }
}

/** The standard deviation, taken from the first value, so that equal values give exactly 0 whatever the rounding of their mean. */
function deviation(values: Float64Array): number {
  const origin = values[0]!
  let first = 0
  let second = 0
  for (const value of values) {
    const difference = value - origin
    first += difference
    second += difference * difference
  }
  const mean = first / values.length
  return Math.sqrt(Math.max(0, second / values.length - mean * mean))
}
