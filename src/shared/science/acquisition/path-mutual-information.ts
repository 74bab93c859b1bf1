import { xLogX } from '../stats/entropy'
import type { DecisionTree } from '../tree/decision-tree'
import { fillJoint } from '../tree/joint'
import { enumeratePaths } from '../tree/paths'
import { indexTree } from '../tree/tree-index'
import type { Concentrations } from './tree'

/**
 * Scores galaxies by the exact mutual information, in nats, between one person's whole path of answers and the dropout sample
 * ([Note: Mutual information]): unlike the sum over questions it counts nothing twice. H[mean_t P_t] runs over all paths; H[P_t] of one
 * sample is the sum over questions of its proportion asked times its entropy. Throws `tree/too-many-paths` for trees that cannot be listed.
 */
export function createPathScorer(tree: DecisionTree, samples: number): (concentration_KA: Concentrations) => number {
  const index = indexTree(tree)
  const { answerCount, questionCount, start_Q } = index
  const { parent, answer, isLeaf } = sharedBeginnings(enumeratePaths(tree))
  const probability = new Float64Array(parent.length)
  const meanProbability = new Float64Array(parent.length)
  const fraction_A = new Float64Array(answerCount)
  const joint = { joint_A: new Float64Array(answerCount), asked_Q: new Float64Array(questionCount) }

  return (concentration_KA) => {
    meanProbability.fill(0)
    let information = 0
    for (let t = 0; t < samples; t++) {
      const row = t * answerCount
      for (let q = 0; q < questionCount; q++) {
        let total = 0
        for (let a = start_Q[q]!; a < start_Q[q + 1]!; a++) total += concentration_KA[row + a]!
        for (let a = start_Q[q]!; a < start_Q[q + 1]!; a++) fraction_A[a] = concentration_KA[row + a]! / total
      }
      fillJoint(index, fraction_A, joint)
      for (let q = 0; q < questionCount; q++) {
        for (let a = start_Q[q]!; a < start_Q[q + 1]!; a++) information += (joint.asked_Q[q]! * xLogX(fraction_A[a]!)) / samples
      }
      probability[0] = 1
      for (let node = 1; node < parent.length; node++) {
        const p = probability[parent[node]!]! * fraction_A[answer[node]!]!
        probability[node] = p
        meanProbability[node] = meanProbability[node]! + p / samples
      }
    }
    for (let node = 1; node < parent.length; node++) if (isLeaf[node]) information -= xLogX(meanProbability[node]!)
    return information < 0 ? 0 : information
  }
}

/** The paths as a tree of beginnings, parents first, node 0 the empty one: paths that begin alike share their products. */
function sharedBeginnings(paths: readonly (readonly number[])[]) {
  const parent = [0]
  const answer = [-1]
  const isLeaf = [false]
  let previous: { path: readonly number[]; nodes: number[] } = { path: [], nodes: [] }
  for (const path of paths) {
    // Paths that begin alike stand together, so the last one is the only one to share with.
    let shared = 0
    while (shared < path.length && shared < previous.path.length && path[shared] === previous.path[shared]) shared++
    const nodes = previous.nodes.slice(0, shared)
    for (const step of path.slice(shared)) {
      parent.push(nodes.at(-1) ?? 0)
      answer.push(step)
      isLeaf.push(false)
      nodes.push(parent.length - 1)
    }
    isLeaf[nodes.at(-1) ?? 0] = true
    previous = { path, nodes }
  }
  return { parent: Int32Array.from(parent), answer: Int32Array.from(answer), isLeaf: Uint8Array.from(isLeaf, Number) }
}
