import { entropy } from '@shared/science/stats/entropy'
import { samplesWidth, type Prediction } from '@shared/science/acquisition/candidates'
import { createSpread } from '@shared/science/acquisition/sample-spread'
import { createScorer, marginScore, type Measure } from '@shared/science/acquisition/scores'
import { createTreeKernel, type KernelResult } from './kernel'

/** What is scored, and how: plain data for threads. With `isExact` the science functions do it, in float64; else the kernel where it can. */
export type Scoring = { readonly prediction: Prediction; readonly measure: Measure; readonly seed: number; readonly isExact: boolean }

/**
 * Scores chunks of at most `capacity` galaxies in this thread. The caller writes their samples into `rows`; `score` puts a score for each of
 * the first `count` into `scores` from `at` on, and returns the sum of their spreads (see `meanSampleSpread`). `galaxyOf` says which galaxy a
 * row is.
 */
export type RowScorer = {
  readonly rows: Float32Array
  readonly score: (count: number, galaxyOf: (row: number) => number, scores: Float64Array, at: number) => number
}

/** Whether the kernel scores this: one vote on a tree, or what depends on the mean vote fractions alone. */
export function isAccelerated({ prediction, measure, isExact }: Scoring): boolean {
  if (isExact || prediction.kind === 'binomial' || measure === 'path-information') return false
  return prediction.votes === 1 || measure === 'entropy' || measure === 'margin'
}

/** A scorer for one thread; `kernel` null where there is none. */
export function createRowScorer(scoring: Scoring, kernel: WebAssembly.Module | null, capacity: number): RowScorer {
  const { prediction, measure } = scoring
  if (kernel === null || prediction.kind === 'binomial' || !isAccelerated(scoring)) return scienceScorer(scoring, capacity)
  const exact = scienceScorer(scoring, 1)
  const width = samplesWidth(prediction)
  const { rows, run } = createTreeKernel(kernel, prediction.tree, prediction.sampleCount, capacity)
  const scoreOf = kernelScore(measure)
  return {
    rows,
    score(count, galaxyOf, scores, at) {
      const result = run(count)
      let spread = 0
      for (let row = 0; row < count; row++) {
        scores[at + row] = scoreOf(result, row)
        if (Number.isFinite(scores[at + row])) spread += result.spreads[row]!
        else {
          // What float32 cannot hold float64 may.
          exact.rows.set(rows.subarray(row * width, (row + 1) * width))
          spread += exact.score(1, () => galaxyOf(row), scores, at + row)
        }
      }
      return spread
    },
  }
}

function scienceScorer({ prediction, measure, seed }: Scoring, capacity: number): RowScorer {
  const width = samplesWidth(prediction)
  const rows = new Float32Array(capacity * width)
  const scorer = createScorer(prediction, measure, seed)
  const spreadOf = createSpread(prediction)
  return {
    rows,
    score(count, galaxyOf, scores, at) {
      let spread = 0
      for (let row = 0; row < count; row++) {
        const samples = rows.subarray(row * width, (row + 1) * width)
        scores[at + row] = scorer.score(samples, galaxyOf(row))
        spread += spreadOf(samples)
      }
      return spread
    },
  }
}

/** Reads the score of a measure from what the kernel found. */
function kernelScore(measure: Measure): (result: KernelResult, row: number) => number {
  switch (measure) {
    case 'tree-information':
      return ({ totals }, row) => totals[row]!
    case 'question-information':
      return ({ targets }, row) => targets[row]!
    case 'entropy':
      return ({ mean_A, totals }, row) => (Number.isFinite(totals[row]) ? entropy(mean_A(row)) : NaN)
    case 'margin':
      return ({ mean_A, totals }, row) => (Number.isFinite(totals[row]) ? marginScore(mean_A(row)) : NaN)
    case 'path-information':
      throw new Error('the kernel knows no paths')
  }
}
