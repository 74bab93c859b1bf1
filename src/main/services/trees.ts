import { readFile } from 'node:fs/promises'
import { AppError } from '@shared/science/errors'
import { builtInTrees } from '@shared/science/tree/built-in'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { parseTree } from '@shared/science/tree/parse-tree'

/** A decision tree by the name of a built-in one, or from a JSON file. Throws `tree/unknown`, `tree/unreadable`, or what is wrong with it. */
export async function readTree(nameOrFile: string): Promise<DecisionTree> {
  const known = builtInTrees.find(({ id }) => id === nameOrFile)
  if (known) return known
  if (!nameOrFile.endsWith('.json')) {
    throw new AppError(
      'tree/unknown',
      `There is no tree "${nameOrFile}". Built in are ${builtInTrees.map(({ id }) => id).join(', ')}; a tree of your own is a .json file.`,
    )
  }
  const text = await readFile(nameOrFile, 'utf8').catch((error: Error) => {
    throw new AppError('tree/unreadable', `The tree ${nameOrFile} cannot be read: ${error.message}`, { cause: error })
  })
  try {
    return parseTree(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new AppError('tree/unreadable', `The tree ${nameOrFile} is not JSON: ${error.message}`, { cause: error })
    throw error
  }
}
