import type { Command } from 'commander'
import { importParamsSchema, sampleParamsSchema } from '@shared/contract/job'
import { importReportSchema, splitRequestSchema } from '@shared/contract/requests'
import type { ProjectSummary } from '@shared/contract/records'
import { numberOption, parseOptions, shareOption } from '../options'
import { withDesk } from '../session'

const REFUSALS_SHOWN = 20

/** Commands that make a project and fill it: sample, init, import, split. */
export function addProjectCommands(program: Command): void {
  program
    .command('sample <dir>')
    .description('a project of simulated galaxies with simulated volunteers, whose truth is known')
    .option('--galaxies <n>', 'how many', numberOption('galaxies'))
    .option('--seed <n>', 'another seed draws other galaxies', numberOption('seed'))
    .action(
      withDesk(async ({ desk, output, runJob }, dir: string, options: Record<string, unknown>) => {
        await runJob({ kind: 'sample', params: parseOptions(sampleParamsSchema, { ...options, path: dir }) })
        const summary = desk.project().summary()
        output.result(summary, describeProject(summary))
      }),
    )
  program
    .command('init <dir>')
    .description('an empty project')
    .requiredOption('--tree <tree>', 'gz2, gz2-zoobot, gz-decals-dr5, gz-decals-dr12, gz-desi, rings, or a file of your own')
    .action(
      withDesk(async ({ desk, output }, dir: string, { tree }: { tree: string }) => {
        const summary = await desk.create({ path: dir, tree })
        output.result(summary, [`Project ${summary.path} with tree ${summary.tree.id}.`])
      }),
    )
  program
    .command('import <dir>')
    .description('galaxies from a table, a folder of images, or both')
    .option('--table <file>', 'a table with one row per galaxy')
    .option('--images <dir>', 'the folder that the file names in the table start from, or alone: one galaxy per image')
    .option('--id <column>', 'the column of ids')
    .option('--file <column>', 'the column of image file names')
    .option('--ra <column>', 'the column of right ascensions, in degrees')
    .option('--dec <column>', 'the column of declinations, in degrees')
    .option('--pixel-scale <arcsec|column>', 'arcsec per pixel of the images', (text) =>
      Number.isFinite(Number(text)) ? Number(text) : text,
    )
    .option('--view <n>', 'the images are further views (2 to 9), for the eye, of galaxies that the project has', numberOption('view'))
    .action(
      withDesk(async ({ desk, output, runJob }, dir: string, options: Record<string, unknown>) => {
        await desk.open(dir)
        const { id, file, ra, dec, ...rest } = options
        const params = parseOptions(
          importParamsSchema,
          { ...rest, idColumn: id, fileColumn: file, raColumn: ra, decColumn: dec },
          { idColumn: 'id', fileColumn: 'file', raColumn: 'ra', decColumn: 'dec' },
        )
        const report = importReportSchema.parse(await runJob({ kind: 'import', params }))
        output.result(report, [
          `${report.imported} ${params.view === undefined ? 'galaxies' : `images of view ${params.view}`} imported, ${report.refusedCount} refused.`,
          ...report.notes,
          ...report.refused
            .slice(0, REFUSALS_SHOWN)
            .map(({ row, id, code, message }) => `row ${row ?? '-'}${id === null ? '' : ` (${id})`} ${code}: ${message}`),
          ...(report.refusedCount > REFUSALS_SHOWN
            ? [`… and ${report.refusedCount - REFUSALS_SHOWN} more: see the project's logs folder.`]
            : []),
        ])
      }),
    )
  program
    .command('split <dir>')
    .description('freezes the test set and draws the first galaxies to label')
    .requiredOption('--test <share|count>', 'never trained on', shareOption('test'))
    .option('--initial <share|count|all>', 'random galaxies of round 0', shareOption('initial', 'all'))
    .option('--seed <n>', 'another seed draws other galaxies', numberOption('seed'))
    .action(
      withDesk(async ({ desk, output }, dir: string, options: Record<string, unknown>) => {
        await desk.open(dir)
        const summary = await desk.project().split(parseOptions(splitRequestSchema, options))
        output.result(summary, describeProject(summary))
      }),
    )
}

function describeProject({ path, tree, counts, openRound }: ProjectSummary): string[] {
  return [
    `${path}: ${counts.galaxies} galaxies, ${counts.withImages} with images, ${counts.withVotes} with votes; tree ${tree.id}.`,
    `${counts.pool} in the pool, ${counts.labelled} labelled, ${counts.test} test (${counts.testLabelled} labelled).`,
    openRound === null ? 'No round is open for labelling.' : `Round ${openRound} is open for labelling.`,
  ]
}
