import { AppError } from '../errors'
import type { DecisionTree } from './decision-tree'
import { indexTree } from './tree-index'

/** The number of complete paths through a tree: what one person can answer in all. */
export function countPaths(tree: DecisionTree): number {
  const { roots, start_Q, children_A } = indexTree(tree)
  const below = (q: number): number => {
    let count = 0
    for (let a = start_Q[q]!; a < start_Q[q + 1]!; a++) count += children_A[a]!.reduce((product, child) => product * below(child), 1)
    return count
  }
  return roots.reduce((product, root) => product * below(root), 1)
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
