import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { z } from 'zod'
import { binomialMutualInformation } from '@shared/science/acquisition/mutual-information'
import { scoreTree, type TreeScore } from '@shared/science/acquisition/tree'
import { AppError } from '@shared/science/errors'
import { createRandom } from '@shared/science/stats/random'
import { answerNames, type DecisionTree } from '@shared/science/tree/decision-tree'
import { readTree } from '@main/services/trees'
import { numberOption } from '../options'
import { createOutput, formatTable } from '../output'

const rhoSchema = z.array(z.array(z.number().min(0).max(1)).nonempty())
const concentrationsSchema = z.array(z.array(z.array(z.number().positive())).nonempty())

type ScoreOptions = { rho?: string; concentrations?: string; tree: string; votes: number; seed: number }

/** `score`: the mutual information of samples that are given, without a project. */
export function addScoreCommand(program: Command): void {
  program
    .command('score')
    .description('the mutual information (nats) of given dropout samples')
    .option('--rho <file>', 'JSON [galaxy][sample]: vote fractions of one answer')
    .option('--concentrations <file>', 'JSON [galaxy][sample][answer], answers in the order of the tree')
    .option('--tree <tree>', 'with --concentrations: the tree', 'gz-decals-dr5')
    .option('--votes <n>', 'the number of votes whose information is counted', numberOption('votes'), 1)
    .option('--seed <n>', 'of the draws where outcomes are too many to list', numberOption('seed'), 1)
    .action(async (options: ScoreOptions, command: Command) => {
      const scores = await scoreFile(options)
      const rows = scores.map(({ total }, i) => [String(i), total.toFixed(7)])
      createOutput(Boolean(command.optsWithGlobals().json)).result({ scores }, formatTable([['galaxy', 'nats'], ...rows]))
    })
}

async function scoreFile({ rho, concentrations, tree, votes, seed }: ScoreOptions): Promise<TreeScore[]> {
  if (!Number.isInteger(votes) || votes < 1) throw new AppError('option/invalid', `--votes is ${votes}; it must be a whole number from 1.`)
  if (rho !== undefined && concentrations === undefined) {
    return sameWidth(await readJson(rho, rhoSchema)).map((rho_K) => ({ total: binomialMutualInformation(rho_K, votes), questions: {} }))
  }
  if (concentrations === undefined || rho !== undefined)
    throw new AppError('option/missing', 'Give one of --rho FILE and --concentrations FILE.')
  return scoreConcentrations(sameWidth(await readJson(concentrations, concentrationsSchema)), await readTree(tree), votes, seed)
}

/** Scores of different numbers of samples have different biases: ranked together they would mislead. */
function sameWidth<T extends readonly unknown[]>(samples_NK: T[]): T[] {
  const expected = samples_NK[0]?.length
  const galaxy = samples_NK.findIndex(({ length }) => length !== expected)
  if (galaxy === -1) return samples_NK
  const found = samples_NK[galaxy]!.length
  throw new AppError('score/ragged', `Galaxy ${galaxy} has ${found} samples, galaxy 0 has ${expected}. Give every galaxy the same number.`)
}

function scoreConcentrations(concentration_NKA: number[][][], tree: DecisionTree, votes: number, seed: number): TreeScore[] {
  const answers = answerNames(tree).length
  return concentration_NKA.map((sample_KA, galaxy) => {
    const wrong = sample_KA.find((concentration_A) => concentration_A.length !== answers)
    if (wrong)
      throw new AppError(
        'score/wrong-width',
        `Galaxy ${galaxy} has a sample of ${wrong.length} concentrations; the tree ${tree.id} has ${answers} answers.`,
      )
    return scoreTree(tree, sample_KA.flat(), sample_KA.length, votes, createRandom(seed, 'score', galaxy))
  })
}

async function readJson<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new AppError('score/unreadable', `${path} cannot be read: ${error.message}`, { cause: error })
  })
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]!
    throw new AppError('score/bad-file', `${path}: at [${issue.path.join('][')}]: ${issue.message}.`)
  } catch (error) {
    if (error instanceof SyntaxError) throw new AppError('score/bad-file', `${path} is not JSON: ${error.message}`, { cause: error })
    throw error
  }
}
