import { AppError } from '../errors'
import type { DecisionTree } from './decision-tree'
import { parseTree } from './parse-tree'
import decalsDr12 from './trees/gz-decals-dr12.json'
import decalsDr5 from './trees/gz-decals-dr5.json'
import desi from './trees/gz-desi.json'
import gz2Zoobot from './trees/gz2-zoobot.json'
import gz2 from './trees/gz2.json'
import rings from './trees/rings.json'

/**
 * The trees that come with the application. `gz2` is the flow that volunteers saw; `gz2-zoobot` is the simplified one behind Zoobot's
 * weights and tables. The DECaLS and DESI trees have `merging` as a root, as in the published tables, although volunteers met it only
 * after smooth or featured.
 */
export const builtInTrees: readonly DecisionTree[] = [gz2, gz2Zoobot, decalsDr5, decalsDr12, desi, rings].map(parseTree)

/** The built-in tree of that id. Throws `tree/unknown`, which lists the ids there are. */
export function findTree(id: string): DecisionTree {
  const tree = builtInTrees.find((candidate) => candidate.id === id)
  if (tree) return tree
  const ids = builtInTrees.map((candidate) => candidate.id).join(', ')
  throw new AppError('tree/unknown', `There is no built-in tree "${id}". Use one of ${ids}, or the path of a JSON file with your own tree.`)
}
