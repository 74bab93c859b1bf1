import { entropy } from '../stats/entropy'
import { createRandom, deriveSeed } from '../stats/random'
import { indexTree } from '../tree/tree-index'
import { targetFractions, targetRange, type Prediction } from './candidates'
import { binomialMutualInformation, dirichletMutualInformation } from './mutual-information'
import { createPathScorer } from './path-mutual-information'
import { createTreeScorer, questionRows, scoreParts, type Concentrations, type ScorePart } from './tree'

/**
 * What is computed of a galaxy. `question-information`: the mutual information of the first root's votes; `tree-information`: the sum over all
 * questions; `path-information`: of one person's whole path (one vote, trees only); `entropy` and `margin`: of the first root's mean vote
 * fractions. A binomial output has one question.
 */
export type Measure = 'question-information' | 'tree-information' | 'path-information' | 'entropy' | 'margin'

/**
 * Scores one galaxy from its samples, and afterwards its parts. `galaxy` is its position: every galaxy has its own stream of random votes, so
 * its score does not depend on which others are scored, when, or on which thread.
 */
export type GalaxyScorer = {
  score: (samples: Concentrations, galaxy: number) => number
  parts: (samples: Concentrations, galaxy: number) => Record<string, ScorePart>
}

/** A scorer of a measure; `seed` is that of the streams. */
export function createScorer(prediction: Prediction, measure: Measure, seed: number): GalaxyScorer {
  const none = () => ({})
  switch (measure) {
    case 'question-information':
      return questionScorer(prediction, seed)
    case 'tree-information':
      return prediction.kind === 'binomial' ? questionScorer(prediction, seed) : treeScorer(prediction, seed)
    case 'path-information': {
      if (prediction.kind === 'binomial') throw new Error('a binomial output has no paths')
      return { score: createPathScorer(prediction.tree, prediction.sampleCount), parts: none }
    }
    case 'entropy':
      return { score: (samples) => entropy(targetFractions(prediction, samples)), parts: none }
    case 'margin':
      return { score: (samples) => marginScore(targetFractions(prediction, samples)), parts: none }
  }
}

/** 1 less the difference of the two largest fractions. */
export function marginScore(fraction_A: readonly number[]): number {
  const [first, second] = fraction_A.toSorted((a, b) => b - a)
  return 1 - (first! - second!)
}

const streamOf = (seed: number, galaxy: number) => createRandom(deriveSeed(seed, 'votes', galaxy))

function questionScorer(prediction: Prediction, seed: number): GalaxyScorer {
  const { votes, sampleCount } = prediction
  if (prediction.kind === 'binomial') return withPart(prediction.question, (rho_K) => binomialMutualInformation(rho_K, votes))
  const index = indexTree(prediction.tree)
  const { question, questionIndex } = targetRange(prediction.tree)
  return withPart(
    question,
    (samples, galaxy) =>
      dirichletMutualInformation(questionRows(index, questionIndex, sampleCount, samples), votes, streamOf(seed, galaxy)).mutualInformation,
  )
}

/** A score of one question that everybody is asked is its only part. */
function withPart(question: string, score: GalaxyScorer['score']): GalaxyScorer {
  return { score, parts: (samples, galaxy) => ({ [question]: { mutualInformation: score(samples, galaxy), proportionAsked: 1 } }) }
}

function treeScorer({ tree, sampleCount, votes }: Prediction & { kind: 'dirichlet-multinomial' }, seed: number): GalaxyScorer {
  const scorer = createTreeScorer(tree, sampleCount, votes)
  const score: GalaxyScorer['score'] = (samples, galaxy) => scorer.score(samples, votes > 1 ? streamOf(seed, galaxy) : undefined)
  const parts: GalaxyScorer['parts'] = (samples, galaxy) => {
    score(samples, galaxy)
    return scoreParts(tree, scorer)
  }
  return { score, parts }
}
