import { Worker } from 'node:worker_threads'
import { onTestFinished, vi } from 'vitest'
import { rowsOf, samplesWidth, type Candidates, type Prediction } from '@shared/science/acquisition/candidates'
import { createRandom } from '@shared/science/stats/random'
import { findTree } from '@shared/science/tree/built-in'
import type { Pass } from '@main/compute/score/pass'

/** Values on memory that threads share. */
export function shared(values: Float32Array): Float32Array<SharedArrayBuffer> {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength))
  copy.set(values)
  return copy
}

/** The passes that threads are given in this test, in order: what they share tells how far they are. */
export function passesSent(): () => Pass[] {
  const sent = vi.spyOn(Worker.prototype, 'postMessage')
  onTestFinished(() => sent.mockRestore())
  return () => sent.mock.calls.map(([message]) => message as Pass)
}

/** Samples of a survey as networks give them: galaxy by galaxy a mean and a spread of its own; concentrations within (1, 101), rho in 0..1. */
export function drawSurvey(prediction: Prediction, galaxyCount: number, seed = 1): Float32Array<SharedArrayBuffer> {
  const random = createRandom(seed, prediction.kind)
  const width = samplesWidth(prediction)
  const answers = width / prediction.sampleCount
  const values = new Float32Array(new SharedArrayBuffer(4 * galaxyCount * width))
  for (let galaxy = 0; galaxy < galaxyCount; galaxy++) {
    const logit_A = Array.from({ length: answers }, () => 2 * random.normal() - 1.5)
    const spread = 0.8 * random.next()
    for (let i = 0; i < width; i++) {
      const share = 1 / (1 + Math.exp(-(logit_A[i % answers]! + spread * random.normal())))
      values[galaxy * width + i] = prediction.kind === 'binomial' ? share : 1 + 100 * share
    }
  }
  return values
}

export function candidatesOf(prediction: Prediction, values: Float32Array): Candidates {
  const width = samplesWidth(prediction)
  return { ...prediction, galaxyCount: values.length / width, samples: rowsOf(values, width) }
}

export const treePrediction = (votes = 1, sampleCount = 5, tree = 'gz-decals-dr5'): Prediction & { kind: 'dirichlet-multinomial' } => ({
  kind: 'dirichlet-multinomial',
  tree: findTree(tree),
  sampleCount,
  votes,
})
export const binomialPrediction = (votes = 40, sampleCount = 5): Prediction => ({ kind: 'binomial', question: 'bar', sampleCount, votes })
