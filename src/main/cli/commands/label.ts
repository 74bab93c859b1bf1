import type { Command } from 'commander'
import { labelFromVotes } from '@main/services/recorded-oracle'
import { withDesk } from '../session'

/** `label`: answers of the recorded oracle. With an expert at the keyboard the window labels instead. */
export function addLabelCommands(program: Command): void {
  program
    .command('label <dir>')
    .description('labels the open round from recorded votes: those imported with the survey, or a table')
    .option('--votes [file]', 'a table of votes; without a file: the imported votes of the open round are revealed')
    .option('--annotator <name>', 'who the answers of a table are from')
    .action(
      withDesk(async ({ desk, output }, dir: string, { votes, annotator }: { votes?: string | true; annotator?: string }) => {
        await desk.open(dir)
        const result = await labelFromVotes(desk.project().db, typeof votes === 'string' ? votes : null, annotator ?? null)
        output.result(result, [`Round ${result.round}: ${result.labelled} of ${result.galaxies} galaxies labelled.`])
      }),
    )
}
