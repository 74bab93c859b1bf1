import type { Command } from 'commander'
import { z } from 'zod'
import { goldInWords } from '@shared/contract/gold'
import { annotatorSchema } from '@shared/contract/records'
import { writeLabelLog } from '@main/export/label-log-table'
import { importGold } from '@main/ingest/import-gold'
import { labelFromVotes } from '@main/services/recorded-oracle'
import { parseOptions } from '../options'
import { withDesk } from '../session'

const optionsSchema = z.object({ votes: z.union([z.string(), z.literal(true)]).optional(), annotator: annotatorSchema.optional() })

const goldSchema = z.object({ table: z.string(), id: z.string().default('id'), question: z.string(), answer: z.string() })

/** `label`: answers of the recorded oracle. With an expert at the keyboard the window labels instead. */
export function addLabelCommands(program: Command): void {
  program
    .command('label <dir>')
    .description('labels the open round from recorded votes: those imported with the survey, or a table')
    .option('--votes [file]', 'a table of votes; without a file: the imported votes of the open round are revealed')
    .option('--annotator <name>', 'who the answers of a table are from')
    .action(
      withDesk(async ({ desk, output }, dir: string, options: Record<string, unknown>) => {
        const { votes, annotator } = parseOptions(optionsSchema, options)
        await desk.open(dir)
        const result = await labelFromVotes(desk.project().db, typeof votes === 'string' ? votes : null, annotator ?? null)
        output.result(result, [`Round ${result.round}: ${result.labelled} of ${result.galaxies} galaxies labelled.`])
      }),
    )
  program
    .command('log <dir>')
    .description(
      'writes the label log as a table: every entry, whether it stands, and whether the model’s prediction had been shown before it',
    )
    .requiredOption('--out <file>', 'a .csv file')
    .action(
      withDesk(async ({ desk, output }, dir: string, options: Record<string, unknown>) => {
        const { out } = parseOptions(z.object({ out: z.string() }), options)
        await desk.open(dir)
        const entries = await writeLabelLog(desk.project().db, out)
        output.result({ path: out, entries }, [`${entries} entries written to ${out}.`])
      }),
    )
  program
    .command('gold <dir>')
    .description('takes known answers to one question, to measure annotators by: such galaxies come to them unannounced')
    .requiredOption('--table <file>', 'a table with a galaxy per row')
    .requiredOption('--question <name>', 'the question of the project’s tree')
    .requiredOption('--answer <column>', 'the column of the known answers; empty ones are passed over')
    .option('--id <column>', 'the column of the ids', 'id')
    .action(
      withDesk(async ({ desk, output }, dir: string, options: Record<string, unknown>) => {
        const { table, id, question, answer } = parseOptions(goldSchema, options)
        await desk.open(dir)
        const result = await importGold(desk.project().db, { table, idColumn: id, question, answerColumn: answer })
        output.result(result, goldInWords(result))
      }),
    )
}
