import type { DecisionTree } from './decision-tree'

/**
 * The tree as one canonical text: fixed keys in a fixed order, no spaces. Equal trees give equal texts, so its hash is the tree's version.
 * The order of questions and answers counts, as it is the order of votes and outputs; the order within `after` does not.
 */
export function canonicalTree(tree: DecisionTree): string {
  const questions = tree.questions.map(({ name, answers, after }) => ({ name, answers, after: [...after].sort() }))
  return JSON.stringify({ id: tree.id, questions })
}
