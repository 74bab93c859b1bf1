import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { z } from 'zod'
import type { Prediction } from '@shared/science/acquisition/candidates'
import { binomialMutualInformation } from '@shared/science/acquisition/mutual-information'
import { scoreTree, type TreeScore } from '@shared/science/acquisition/tree'
import { AppError } from '@shared/science/errors'
import { createRandom } from '@shared/science/stats/random'
import { answerNames, type DecisionTree } from '@shared/science/tree/decision-tree'
import { readTree } from '@main/services/trees'
import { numberOption } from '../options'
import { createOutput, formatTable, type Output } from '../output'
import { isBinary, scoreBinaryFile, type SurveyReport } from './score-survey'

const rhoSchema = z.array(z.array(z.number().min(0).max(1)).nonempty())
const concentrationsSchema = z.array(z.array(z.array(z.number().positive())).nonempty())

type ScoreOptions = {
  rho?: string
  concentrations?: string
  tree: string
  votes: number
  seed: number
  samples?: number
  top: number
  out?: string
}

/** `score`: the mutual information of samples that are given, without a project. */
export function addScoreCommand(program: Command): void {
  program
    .command('score')
    .description('the mutual information (nats) of given dropout samples')
    .option('--rho <file>', 'JSON [galaxy][sample]: vote fractions of one answer; or the same as float32 in a file *.f32')
    .option(
      '--concentrations <file>',
      'JSON [galaxy][sample][answer], answers in the order of the tree; or the same as float32 in a file *.f32',
    )
    .option('--tree <tree>', 'with --concentrations: the tree', 'gz-decals-dr5')
    .option('--votes <n>', 'the number of votes whose information is counted', numberOption('votes'), 1)
    .option('--seed <n>', 'of the draws where outcomes are too many to list', numberOption('seed'), 1)
    .option('--samples <n>', 'with a file *.f32: the number of dropout samples of a galaxy', numberOption('samples'))
    .option('--top <n>', 'with a file *.f32: how many of the largest scores to give', numberOption('top'), 100)
    .option('--out <file>', 'with a file *.f32: the scores of all galaxies, float32')
    .action(async (options: ScoreOptions, command: Command) => {
      const output = createOutput(Boolean(command.optsWithGlobals().json))
      const path = givenFile(options)
      if (isBinary(path)) {
        const report = await scoreSurvey(path, options, output)
        const best = report.scores.map(({ galaxy, total }) => [String(galaxy), total.toFixed(7)])
        output.result(report, formatTable([['galaxy', 'nats'], ...best]))
        return
      }
      const scores = await scoreFile(options)
      const rows = scores.map(({ total }, i) => [String(i), total.toFixed(7)])
      output.result({ scores }, formatTable([['galaxy', 'nats'], ...rows]))
    })
}

/** The one file that is given. */
function givenFile({ rho, concentrations }: ScoreOptions): string {
  const path = rho ?? concentrations
  if (path === undefined || (rho !== undefined && concentrations !== undefined))
    throw new AppError('option/missing', 'Give one of --rho FILE and --concentrations FILE.')
  return path
}

/** Throws `option/invalid` when a number is no whole number from 1. */
function requireWhole(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new AppError('option/invalid', `--${name} is ${value}; it must be a whole number from 1.`)
}

async function scoreFile({ rho, concentrations, tree, votes, seed }: ScoreOptions): Promise<TreeScore[]> {
  requireWhole('votes', votes)
  if (rho !== undefined) {
    return sameWidth(await readJson(rho, rhoSchema)).map((rho_K) => ({ total: binomialMutualInformation(rho_K, votes), questions: {} }))
  }
  return scoreConcentrations(sameWidth(await readJson(concentrations!, concentrationsSchema)), await readTree(tree), votes, seed)
}

/** A survey that is too large for JSON. Throws `option/missing` without --samples. */
async function scoreSurvey(
  path: string,
  { rho, tree, samples, votes, seed, top, out }: ScoreOptions,
  output: Output,
): Promise<SurveyReport> {
  if (samples === undefined)
    throw new AppError('option/missing', `Give --samples N: ${path} does not say how many dropout samples a galaxy has.`)
  requireWhole('samples', samples)
  requireWhole('votes', votes)
  requireWhole('top', top)
  const counts = { sampleCount: samples, votes }
  const prediction: Prediction =
    rho === undefined
      ? { kind: 'dirichlet-multinomial', tree: await readTree(tree), ...counts }
      : { kind: 'binomial', question: 'answer', ...counts }
  return scoreBinaryFile(path, prediction, { top, seed, out }, output)
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
