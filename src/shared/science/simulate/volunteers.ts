import { AppError } from '../errors'
import type { Random } from '../stats/random'
import type { DecisionTree } from '../tree/decision-tree'
import { indexTree } from '../tree/tree-index'
import type { GalaxyParameters } from './parameters'
import { trueProbabilities } from './probabilities'

/**
 * The votes [A], in the tree's order, of `volunteers` people who each go their own way through the tree, answering with the galaxy's true
 * probabilities, independently. A question gets exactly as many votes as the answers that it hangs from: nobody breaks off.
 * Throws `sample/unknown-tree` for a tree whose questions or answers are not those of gz2.
 */
export function simulateVolunteers(parameters: GalaxyParameters, tree: DecisionTree, random: Random, volunteers: number): number[] {
  const probabilities = trueProbabilities(parameters)
  const { order, parents_Q, start_Q, answerCount } = indexTree(tree)
  const votes_A = new Array<number>(answerCount).fill(0)
  for (const q of order) {
    const { name, answers } = tree.questions[q]!
    const probability_A = probabilities[name]
    if (probability_A?.length !== answers.length) throw unknownTree(tree, name)
    const parents = parents_Q[q]!
    const asked = parents.length === 0 ? volunteers : parents.reduce((sum, parent) => sum + votes_A[parent]!, 0)
    random.multinomial(asked, probability_A).forEach((count, answer) => (votes_A[start_Q[q]! + answer] = count))
  }
  return votes_A
}

function unknownTree(tree: DecisionTree, question: string): AppError {
  return new AppError(
    'sample/unknown-tree',
    `Simulated volunteers answer the tree gz2 only; "${question}" of the tree "${tree.id}" is not one of its questions. Make the sample with the tree gz2.`,
  )
}

/** How many volunteers look at a galaxy: 38 to 50, as for most of GZ2. */
export const drawVolunteerCount = (random: Random) => 38 + random.integer(13)
