import type { Command } from 'commander'
import { z } from 'zod'
import { annotatorSchema } from '@shared/contract/records'
import { labelFromVotes } from '@main/services/recorded-oracle'
import { parseOptions } from '../options'
import { withDesk } from '../session'

const optionsSchema = z.object({ votes: z.union([z.string(), z.literal(true)]).optional(), annotator: annotatorSchema.optional() })

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
}
