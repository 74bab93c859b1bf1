import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { AppError } from '@shared/science/errors'
import { measureParamsSchema, type MeasureParams } from '@shared/contract/job'
import type { Metrics } from '@shared/contract/records'
import { confusionAccuracy, parseConfusionTable } from '@shared/science/metrics/confusion'
import { numberOption, parseOptions } from '../options'
import { formatTable } from '../output'
import { withDesk } from '../session'

const figure = (value: number | null) => (value === null ? '-' : value.toFixed(4))

/** `measure`: errors on the frozen test set, or the accuracies of a confusion table. */
export function addMeasureCommands(program: Command): void {
  program
    .command('measure [dir]')
    .description('errors of a model on the test set')
    .option('--model <id>', 'default: the latest')
    .option('--min-first-votes <n>', 'a galaxy counts from this many votes on the first question on', numberOption('min-first-votes'))
    .option('--min-asked <share>', 'a question counts above this proportion of volunteers that were asked it', numberOption('min-asked'))
    .option('--min-votes <n>', 'vote fractions count from this many votes on the question on', numberOption('min-votes'))
    .option('--table <file>', 'instead: a confusion table, rows observed and columns predicted')
    .action(
      withDesk(async ({ desk, output }, dir: string | undefined, { model, table, ...least }: MeasureOptions) => {
        if (table !== undefined) {
          const questions = confusionAccuracy(parseConfusionTable(readTable(table)))
          const rows = Object.entries(questions).map(([name, { accuracy, n }]) => [name, accuracy.toFixed(4), String(n)])
          output.result({ questions }, formatTable([['question', 'accuracy', 'n'], ...rows]))
          return
        }
        if (dir === undefined) throw new AppError('option/missing', 'Name the project to measure, or a confusion table with --table.')
        await desk.open(dir)
        const metrics = await desk.project().loop.measure(model ?? null, thresholdsOf(least))
        output.result(metrics, describeMetrics(metrics))
      }),
    )
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('confusion/unreadable', `The confusion table ${path} cannot be read (${reason}). Name a CSV file.`, { cause: error })
  }
}

type MeasureOptions = { model?: string; table?: string; minFirstVotes?: number; minAsked?: number; minVotes?: number }

function thresholdsOf({ minFirstVotes, minAsked, minVotes }: Omit<MeasureOptions, 'model' | 'table'>): MeasureParams {
  return parseOptions(
    measureParamsSchema,
    { minFirstVotes, minProportionAsked: minAsked, minQuestionVotes: minVotes },
    { minFirstVotes: 'min-first-votes', minProportionAsked: 'min-asked', minQuestionVotes: 'min-votes' },
  )
}

function describeMetrics({ modelId, testGalaxies, meanRmse, caveat, thresholds, questions }: Metrics): string[] {
  const rows = Object.entries(questions).flatMap(([question, { accuracy, n, answers }]) =>
    Object.entries(answers).map(([answer, { rmse, rmseConstant, noiseFloor, ratio, n: galaxies }], i) => [
      i === 0 ? question : '',
      i === 0 ? `${figure(accuracy)} (${n})` : '',
      answer,
      figure(rmse),
      figure(rmseConstant),
      figure(noiseFloor),
      ratio === null ? '-' : `${ratio.ratio.toFixed(2)} (${ratio.low.toFixed(2)}..${ratio.high.toFixed(2)})`,
      String(galaxies),
    ]),
  )
  return [
    `Model ${modelId} on ${testGalaxies} labelled test galaxies: mean RMSE ${figure(meanRmse)}.`,
    `Galaxies count from ${thresholds.minFirstVotes} votes on the first question on, questions above ${thresholds.minProportionAsked} asked, vote fractions from ${thresholds.minQuestionVotes} votes on.`,
    ...(caveat === null ? [] : [caveat]),
    ...formatTable([['question', 'accuracy (n)', 'answer', 'RMSE', 'constant', 'noise floor', 'of constant (95 %)', 'n'], ...rows]),
  ]
}
