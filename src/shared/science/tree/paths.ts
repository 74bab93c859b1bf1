import { AppError } from '../errors'
import type { DecisionTree } from './decision-tree'
import { indexTree } from './tree-index'

/** The number of complete paths through a tree: what one person can answer in all. */
export function countPaths(tree: DecisionTree): number {
  const { roots, order, start_Q, children_A } = indexTree(tree)
  /** [Q]: the ways to answer each question and all that hangs from it; children come before their parents. */
  const below_Q = new Float64Array(order.length)
  const product = (questions: readonly number[]) => questions.reduce((ways, q) => ways * below_Q[q]!, 1)
  for (const q of order.toReversed()) {
    for (let a = start_Q[q]!; a < start_Q[q + 1]!; a++) below_Q[q] = below_Q[q]! + product(children_A[a]!)
  }
  return product(roots)
}

/**
 * All complete paths, each as the flat indices of its answers in the order a labeller meets the questions. Paths that begin alike stand
 * together. Throws `tree/too-many-paths` above `limit`: many independent questions multiply.
 */
export function enumeratePaths(tree: DecisionTree, limit = 100_000): number[][] {
  const count = countPaths(tree)
  if (count > limit)
    throw new AppError('tree/too-many-paths', `The tree "${tree.id}" has ${count} paths, more than the ${limit} that can be listed.`)
  const { roots, start_Q, children_A } = indexTree(tree)
  const paths: number[][] = []
  const path: number[] = []
  const extend = (open: readonly number[]): void => {
    const [q, ...later] = open
    if (q === undefined) {
      paths.push([...path])
      return
    }
    for (let a = start_Q[q]!; a < start_Q[q + 1]!; a++) {
      path.push(a)
      extend([...children_A[a]!, ...later])
      path.pop()
    }
  }
  extend(roots)
  return paths
}
