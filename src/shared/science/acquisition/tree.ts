import { xLogX } from '../stats/entropy'
import type { Numbers } from '../stats/numbers'
import type { Random } from '../stats/random'
import type { DecisionTree } from '../tree/decision-tree'
import { fillJoint } from '../tree/joint'
import { indexTree, type TreeIndex } from '../tree/tree-index'
import { dirichletMutualInformation } from './mutual-information'

/** What one question adds to a galaxy's score: its mutual information in nats, and the share of volunteers who would be asked it. */
export type ScorePart = { readonly mutualInformation: number; readonly proportionAsked: number }

/** `total` = Σ over questions of proportionAsked · mutualInformation, nats; the parts by question. */
export type TreeScore = { readonly total: number; readonly questions: Record<string, ScorePart> }

/** Concentrations of one galaxy, one row of A answers per dropout sample: K · A numbers. */
export type Concentrations = Float32Array | Float64Array | readonly number[]

/**
 * Scores one galaxy after another without allocating. `score` gives the total and leaves the parts of that galaxy in the arrays, which the
 * next call overwrites. `random` is needed only where a question has more than 1,000 outcomes.
 */
export type TreeScorer = {
  score: (concentration_KA: Concentrations, random?: Random) => number
  readonly mutualInformation_Q: Float64Array
  /** The Monte Carlo error of each mutual information; 0 where it is exact. */
  readonly standardError_Q: Float64Array
  readonly asked_Q: Float64Array
  /** The mean over samples of the vote fraction of each answer. */
  readonly fraction_A: Float64Array
}

/**
 * The score of a galaxy is what `votes` votes on each question would tell about the network, weighted by how often the question is asked
 * ([Note: Mutual information]). It counts twice what questions share; `createPathScorer` does not.
 */
export function createTreeScorer(tree: DecisionTree, samples: number, votes: number): TreeScorer {
  const index = indexTree(tree)
  const { answerCount, questionCount } = index
  const mutualInformation_Q = new Float64Array(questionCount)
  const standardError_Q = new Float64Array(questionCount)
  const joint = { joint_A: new Float64Array(answerCount), asked_Q: new Float64Array(questionCount) }
  const fraction_A = new Float64Array(answerCount)

  const score = (concentration_KA: Concentrations, random?: Random): number => {
    if (concentration_KA.length !== samples * answerCount) {
      throw new Error(`${concentration_KA.length} concentrations for ${samples} samples of ${answerCount} answers`)
    }
    fillMeans(index, samples, concentration_KA, fraction_A, mutualInformation_Q)
    fillJoint(index, fraction_A, joint)
    if (votes > 1) {
      for (let q = 0; q < questionCount; q++) {
        const estimate = dirichletMutualInformation(questionRows(index, q, samples, concentration_KA), votes, random)
        mutualInformation_Q[q] = estimate.mutualInformation
        standardError_Q[q] = estimate.standardError
      }
    }
    let total = 0
    for (let q = 0; q < questionCount; q++) total += joint.asked_Q[q]! * mutualInformation_Q[q]!
    return total
  }
  return { score, mutualInformation_Q, standardError_Q, asked_Q: joint.asked_Q, fraction_A }
}

/** The score of one galaxy with its parts. `concentration_KA` [K · A]; see `createTreeScorer`. */
export function scoreTree(tree: DecisionTree, concentration_KA: Concentrations, samples: number, votes = 1, random?: Random): TreeScore {
  const scorer = createTreeScorer(tree, samples, votes)
  const total = scorer.score(concentration_KA, random)
  return { total, questions: scoreParts(tree, scorer) }
}

/** The parts that the last call of `score` left, by question. */
export function scoreParts(tree: DecisionTree, scorer: TreeScorer): Record<string, ScorePart> {
  return Object.fromEntries(
    tree.questions.map(({ name }, q) => [name, { mutualInformation: scorer.mutualInformation_Q[q]!, proportionAsked: scorer.asked_Q[q]! }]),
  )
}

/** One row per sample of the concentrations of question q. */
export function questionRows({ start_Q, answerCount }: TreeIndex, q: number, samples: number, concentration_KA: Concentrations): Numbers[] {
  return Array.from({ length: samples }, (_, t) => concentration_KA.slice(t * answerCount + start_Q[q]!, t * answerCount + start_Q[q + 1]!))
}

/**
 * In one pass: the mean vote fractions, and the mutual information of one vote on each question, H[mean_t p_t] - mean_t H[p_t] with
 * p = a / A0. A single vote depends on the concentrations only through p.
 */
function fillMeans(
  { start_Q, questionCount, answerCount }: TreeIndex,
  samples: number,
  concentration_KA: Concentrations,
  fraction_A: Float64Array,
  mutualInformation_Q: Float64Array,
): void {
  fraction_A.fill(0)
  mutualInformation_Q.fill(0)
  for (let t = 0; t < samples; t++) {
    const row = t * answerCount
    for (let q = 0; q < questionCount; q++) {
      const end = start_Q[q + 1]!
      let total = 0
      for (let a = start_Q[q]!; a < end; a++) total += concentration_KA[row + a]!
      for (let a = start_Q[q]!; a < end; a++) {
        const p = concentration_KA[row + a]! / total
        fraction_A[a] = fraction_A[a]! + p / samples
        mutualInformation_Q[q] = mutualInformation_Q[q]! + xLogX(p) / samples
      }
    }
  }
  for (let q = 0; q < questionCount; q++) {
    let information = mutualInformation_Q[q]!
    for (let a = start_Q[q]!; a < start_Q[q + 1]!; a++) information -= xLogX(fraction_A[a]!)
    // NaN must come through: only rounding below 0 is cut off.
    mutualInformation_Q[q] = information < 0 ? 0 : information
  }
}
