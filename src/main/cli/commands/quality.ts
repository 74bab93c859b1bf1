import type { Command } from 'commander'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { learningCurve, learningCurveCsv } from '@shared/contract/learning-curve'
import { agreementCsv, type KappaRecord } from '@shared/contract/quality'
import { annotatorSchema } from '@shared/contract/records'
import { readAgreement, readPairAgreement } from '@main/catalogue/agreement'
import { annotatorNames, readQuality } from '@main/catalogue/quality'
import { readRounds } from '@main/catalogue/rounds'
import { writeCsvText } from '@main/export/csv-file'
import { parseOptions } from '../options'
import { withDesk } from '../session'

const agreementSchema = z.object({
  between: z.array(annotatorSchema).length(2, 'name two annotators').optional(),
  out: z.string().optional(),
})
const qualitySchema = z.object({ annotator: annotatorSchema.optional() })
const curveSchema = z.object({ out: z.string().optional() })

/** How far annotators agree, with each other and with themselves, and what their time brought: what the window shows, for scripts. */
export function addQualityCommands(program: Command): void {
  program
    .command('agreement <dir>')
    .description('agreement of the annotators per question: kappa with its 95 % interval')
    .option('--between <names...>', 'of these two alone')
    .option('--out <file>', 'as CSV')
    .action(
      withDesk(async ({ desk, output }, dir: string, options: Record<string, unknown>) => {
        const { between, out } = parseOptions(agreementSchema, options)
        await desk.open(dir)
        const { db } = desk.project()
        const [first, second] = (between ?? []).map((name) => known(name, annotatorNames(db)))
        const result = first === undefined || second === undefined ? readAgreement(db) : readPairAgreement(db, first, second)
        if (out !== undefined) await writeCsvText(out, 'agreements', [agreementCsv(between?.join(' and ') ?? 'all', result.questions)])
        output.result(result, [
          `${result.galaxies} galaxies labelled by ${between === undefined ? 'two annotators or more' : 'both'}.`,
          ...lines(result.questions),
        ])
      }),
    )
  program
    .command('quality <dir>')
    .description('agreement of one annotator with themselves and with known answers, and their time')
    .option('--annotator <name>', 'left out: the only one there is')
    .action(
      withDesk(async ({ desk, output }, dir: string, options: Record<string, unknown>) => {
        const { annotator } = parseOptions(qualitySchema, options)
        await desk.open(dir)
        const { db } = desk.project()
        const names = annotatorNames(db)
        const only = names.length === 1 ? names[0] : undefined
        const result = readQuality(db, known(annotator ?? only ?? '', names))
        output.result(result, [
          `${result.annotator}: ${result.galaxies} galaxies in ${result.minutes.toFixed(1)} minutes; ${result.pauses} pauses left out.`,
          'Agreement with oneself:',
          ...lines(result.self),
          ...Object.entries(result.gold).map(([question, { right, n }]) => `Known answers to ${question}: ${right} of ${n} right.`),
        ])
      }),
    )
  program
    .command('curve <dir>')
    .description('test error of every measured model against galaxies and the experts’ minutes')
    .option('--out <file>', 'as CSV')
    .action(
      withDesk(async ({ desk, output }, dir: string, options: Record<string, unknown>) => {
        const { out } = parseOptions(curveSchema, options)
        await desk.open(dir)
        const points = learningCurve(readRounds(desk.project().db))
        if (out !== undefined) await writeCsvText(out, 'curves', [learningCurveCsv(points)])
        output.result(
          { points },
          points.map(
            ({ round, modelId, trainingGalaxies, expertMinutes, meanRmse }) =>
              `round ${round}  ${modelId}  ${trainingGalaxies} galaxies  ${expertMinutes.toFixed(1)} minutes  RMSE ${meanRmse.toFixed(4)}`,
          ),
        )
      }),
    )
}

function known(name: string, names: readonly string[]): string {
  if (names.includes(name)) return name
  const there = names.length === 0 ? 'Nobody has labelled yet.' : `There are: ${names.join(', ')}.`
  throw new AppError('label/unknown-annotator', `${name === '' ? 'Say whose.' : `Nobody labelled as "${name}".`} ${there}`)
}

const lines = (questions: Readonly<Record<string, KappaRecord>>): string[] =>
  Object.entries(questions)
    .filter(([, { n }]) => n > 0)
    .map(([name, { kappa, low, high, agreement, n }]) => {
      const interval = low === null || high === null ? '' : ` (${low.toFixed(2)} to ${high.toFixed(2)})`
      return `${name}: kappa ${kappa === null ? 'unknown' : kappa.toFixed(2)}${interval}, same answer ${(100 * agreement).toFixed(1)} % of ${n}`
    })
