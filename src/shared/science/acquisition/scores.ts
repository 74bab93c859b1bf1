import { deriveSeed, createRandom, type Random } from '../stats/random'
import { indexTree } from '../tree/tree-index'
import type { Candidates } from './candidates'
import { targetRange } from './candidates'
import { binomialMutualInformation, dirichletMutualInformation } from './mutual-information'
import { createTreeScorer, questionRows, scoreParts, type ScorePart } from './tree'

/** A score per galaxy, in nats, and afterwards the parts of one. */
export type GalaxyScorer = { score: (galaxy: number) => number; parts: (galaxy: number) => Record<string, ScorePart> }

/** Every galaxy has its own stream, so its score does not depend on which others are scored, or when. */
function galaxyStreams(random: Random): (galaxy: number) => Random {
  const seed = random.bits()
  return (galaxy) => createRandom(deriveSeed(seed, 'votes', galaxy))
}

/** The mutual information of one question: the first root of a tree, or the question of a binomial output. */
export function questionScorer(candidates: Candidates, random: Random): GalaxyScorer {
  const { votes } = candidates
  if (candidates.kind === 'binomial') {
    const score = (galaxy: number) => binomialMutualInformation(candidates.samples(galaxy), votes)
    return { score, parts: (galaxy) => ({ [candidates.question]: { mutualInformation: score(galaxy), proportionAsked: 1 } }) }
  }
  const index = indexTree(candidates.tree)
  const { question, questionIndex } = targetRange(candidates.tree)
  const stream = galaxyStreams(random)
  const score = (galaxy: number) =>
    dirichletMutualInformation(
      questionRows(index, questionIndex, candidates.sampleCount, candidates.samples(galaxy)),
      votes,
      stream(galaxy),
    ).mutualInformation
  return { score, parts: (galaxy) => ({ [question]: { mutualInformation: score(galaxy), proportionAsked: 1 } }) }
}

/** What the votes on the whole tree would tell: the sum over questions; of a binomial output, its one question. */
export function wholeScorer(candidates: Candidates, random: Random): GalaxyScorer {
  if (candidates.kind === 'binomial') return questionScorer(candidates, random)
  const scorer = createTreeScorer(candidates.tree, candidates.sampleCount, candidates.votes)
  const stream = galaxyStreams(random)
  const score = (galaxy: number) => scorer.score(candidates.samples(galaxy), candidates.votes > 1 ? stream(galaxy) : undefined)
  const parts = (galaxy: number) => {
    score(galaxy)
    return scoreParts(candidates.tree, scorer)
  }
  return { score, parts }
}
