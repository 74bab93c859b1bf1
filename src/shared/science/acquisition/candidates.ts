import type { Random } from '../stats/random'
import type { DecisionTree } from '../tree/decision-tree'
import { indexTree } from '../tree/tree-index'
import type { Concentrations, ScorePart } from './tree'

/**
 * What a network says of one galaxy, and how many votes' information is counted. `dirichlet-multinomial`: K · A concentrations, a row of A
 * answers per dropout sample. `binomial`: K vote fractions rho of one answer of one question. Plain data: threads are told by it what to score.
 */
export type Prediction = { readonly sampleCount: number; readonly votes: number } & (
  { readonly kind: 'dirichlet-multinomial'; readonly tree: DecisionTree } | { readonly kind: 'binomial'; readonly question: string }
)

/**
 * The galaxies of the pool that may be chosen, by position 0 .. galaxyCount - 1, and what each dropout sample predicts of them. `samples`
 * gives the numbers of one galaxy, good until the next call, so that they may be read from a file.
 */
export type Candidates = Prediction & { readonly galaxyCount: number; readonly samples: (galaxy: number) => Concentrations }

/** How many numbers the samples of one galaxy are. */
export function samplesWidth(prediction: Prediction): number {
  return prediction.sampleCount * (prediction.kind === 'binomial' ? 1 : indexTree(prediction.tree).answerCount)
}

/**
 * A chosen galaxy. `score` is null for one drawn at random, which has a known `inclusionProbability`; a galaxy chosen by its score has none,
 * so it must never be counted as if it were random.
 */
export type Picked = {
  readonly index: number
  readonly score: number | null
  readonly isRandom: boolean
  readonly inclusionProbability: number | null
  readonly parts: Record<string, ScorePart>
}

/** Chooses `count` galaxies, best first; the same arguments give the same galaxies. Fewer when there are fewer. */
export type Strategy = (candidates: Candidates, count: number, random: Random) => Picked[]

/** A galaxy chosen by its score. */
export function pickedByScore(index: number, score: number, parts: Record<string, ScorePart> = {}): Picked {
  return { index, score, isRandom: false, inclusionProbability: null, parts }
}

/** Rows of `width` numbers from one array, as `Candidates.samples` wants them. */
export function rowsOf<T extends Float32Array | Float64Array>(values: T, width: number): (galaxy: number) => T {
  return (galaxy) => values.subarray(galaxy * width, (galaxy + 1) * width) as T
}

/** The mean over samples of the vote fractions of the question that single-question strategies look at: the first root, or rho and 1 - rho. */
export function targetFractions(prediction: Prediction, samples: Concentrations): number[] {
  const count = prediction.sampleCount
  if (prediction.kind === 'binomial') {
    let rho = 0
    for (const value of samples) rho += value / count
    return [rho, 1 - rho]
  }
  const { start, end, width } = targetRange(prediction.tree)
  const mean_A = new Array<number>(end - start).fill(0)
  for (let t = 0; t < count; t++) {
    let total = 0
    for (let a = start; a < end; a++) total += samples[t * width + a]!
    for (let a = start; a < end; a++) mean_A[a - start]! += samples[t * width + a]! / total / count
  }
  return mean_A
}

/** The first root of a tree: its name, its answers `[start, end)` and the number of answers of the whole tree. */
export function targetRange(tree: DecisionTree): { question: string; questionIndex: number; start: number; end: number; width: number } {
  const { roots, start_Q, answerCount } = indexTree(tree)
  const q = roots[0]!
  return { question: tree.questions[q]!.name, questionIndex: q, start: start_Q[q]!, end: start_Q[q + 1]!, width: answerCount }
}
