import type { Answer } from '@shared/contract/records'
import { argmax } from '@shared/science/metrics/accuracy'
import { drawParameters } from '@shared/science/simulate/draw'
import { trueProbabilities } from '@shared/science/simulate/probabilities'
import { renderGalaxy } from '@shared/science/simulate/render'
import { drawVolunteerCount } from '@shared/science/simulate/volunteers'
import { createRandom, type Random } from '@shared/science/stats/random'
import { findTree } from '@shared/science/tree/built-in'
import { answerNames, questionRanges } from '@shared/science/tree/decision-tree'
import { indexTree } from '@shared/science/tree/tree-index'

export const tree = findTree('gz2')
export const ranges = questionRanges(tree)
const index = indexTree(tree)
const names = answerNames(tree)

/** What a galaxy looks like, [S, S] grey, and the true probability of each answer [A]. */
export type Simulated = { id: string; image: Uint8Array; truth_A: Float64Array }

/** The galaxies `first` .. `first + count - 1` of a seed. */
export function drawSurvey(seed: number, first: number, count: number, sizePx: number): Simulated[] {
  return Array.from({ length: count }, (_, i) => {
    const parameters = drawParameters(seed, first + i)
    const rgb = renderGalaxy(parameters, sizePx)
    const image = Uint8Array.from({ length: sizePx * sizePx }, (_, pixel) =>
      Math.round((rgb[3 * pixel]! + rgb[3 * pixel + 1]! + rgb[3 * pixel + 2]!) / 3),
    )
    const probabilities = trueProbabilities(parameters)
    return { id: String(first + i), image, truth_A: Float64Array.from(tree.questions.flatMap(({ name }) => probabilities[name]!)) }
  })
}

/** With which probability [A] somebody gives each answer, given the true ones. */
export type Voter = (truth_A: Float64Array) => Float64Array

/** As the sample's volunteers: the true probabilities. */
export const faithful: Voter = (truth_A) => truth_A

/** Share of those who should see a feature and do not. */
const OVERLOOKED = 0.35
/** The answer of those who see a feature, and what the others say in its place. */
const overlookedAnswers = [
  ['smooth-or-featured_featured-or-disk', 'smooth-or-featured_smooth'],
  ['has-spiral-arms_yes', 'has-spiral-arms_no'],
  ['bar_yes', 'bar_no'],
  ['something-odd_yes', 'something-odd_no'],
].map((pair) => pair.map((name) => names.indexOf(name)) as [number, number])

/** Volunteers of whom a share overlooks every disk, arm, bar and oddity: the bias that an expert is there to correct. */
export const overlooking: Voter = (truth_A) => {
  const said_A = Float64Array.from(truth_A)
  for (const [seen, plain] of overlookedAnswers) {
    said_A[plain]! += OVERLOOKED * truth_A[seen]!
    said_A[seen]! *= 1 - OVERLOOKED
  }
  return said_A
}

/** How often an expert knows the leading answer; else the answer is drawn like a volunteer's. */
const KNOWS = 0.9

/** An expert who gives the answer that most would give, 90 times of 100 and whenever chance has it. */
export const sure: Voter = (truth_A) => {
  const said_A = truth_A.map((probability) => (1 - KNOWS) * probability)
  for (const { start, end } of ranges) said_A[start + argmax(truth_A, start, end)]! += KNOWS
  return said_A
}

/** The votes [A] of `people` who each go their own way along the tree. */
export function vote(probability_A: Float64Array, people: number, random: Random): number[] {
  const votes_A = new Array<number>(names.length).fill(0)
  for (const q of index.order) {
    const { start, end } = ranges[q]!
    const parents = index.parents_Q[q]!
    const asked = parents.length === 0 ? people : parents.reduce((sum, parent) => sum + votes_A[parent]!, 0)
    random.multinomial(asked, probability_A.subarray(start, end)).forEach((count, i) => (votes_A[start + i] = count))
  }
  return votes_A
}

/** The votes [A] of some 40 volunteers on each galaxy. */
export function volunteersOf(galaxies: readonly Simulated[], voter: Voter, seed: number): number[][] {
  return galaxies.map(({ id, truth_A }) => {
    const random = createRandom(seed, 'volunteers', id)
    return vote(voter(truth_A), drawVolunteerCount(random), random)
  })
}

/** One expert's answers about a galaxy. */
export function expertOf({ id, truth_A }: Simulated, voter: Voter, seed: number): Answer[] {
  const votes_A = vote(voter(truth_A), 1, createRandom(seed, 'expert', id))
  return ranges.flatMap(({ question, start, end }) => {
    const answer = question.answers[votes_A.slice(start, end).indexOf(1)]
    return answer === undefined ? [] : [{ question: question.name, answer }]
  })
}
