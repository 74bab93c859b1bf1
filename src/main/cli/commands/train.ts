import type { Command } from 'commander'
import { acquireParamsSchema, predictParamsSchema, strategyNames, trainParamsSchema } from '@shared/contract/job'
import { modelCardSchema } from '@shared/contract/records'
import { acquireResultSchema, predictResultSchema } from '@main/services/loop'
import { checkCsvTarget } from '@main/export/csv-file'
import { writePredictions } from '@main/export/predictions-table'
import { numberOption, numberOr, parseOptions } from '../options'
import { formatSeconds, formatTable } from '../output'
import { withDesk } from '../session'

/** Commands of the loop that run in the compute process: train, predict, acquire. */
export function addTrainCommands(program: Command): void {
  program
    .command('train <dir>')
    .description('trains a model on the galaxies that are labelled')
    .option('--model <network>', 'efficientnet-b0, w20-cnn or w20-cnn-tree')
    .option('--from <model>', '"scratch", or the model to go on from')
    .option('--train <part>', 'all, or head: the last layer only')
    .option('--size <px>', 'side of the images the network sees', numberOption('size'))
    .option('--batch <n>', '"auto" or a number: galaxies of one step', numberOr('batch', 'auto'))
    .option('--epochs <n>', 'at most', numberOption('epochs'))
    .option('--learning-rate <r>', 'of Adam; 0.001 if left out', numberOption('learning-rate'))
    .option('--schedule <name>', 'constant, or cosine: a warm-up, then down to zero')
    .option('--clip <norm>', 'the longest gradient, or "off"; 5 if left out', numberOr('clip', 'off'))
    .option('--ema <decay>', 'keep the moving average of the weights, such as 0.999', numberOption('ema'))
    .option('--precision <name>', 'float32; mixed is refused, no engine has it')
    .option('--combine <how>', "replace or sum: the expert's answer and the volunteers' votes")
    .option('--expert-weight <w>', 'of one answer of the expert', numberOption('expert-weight'))
    .option('--question <q>', 'w20-cnn: the question it predicts')
    .option('--answer <a>', 'w20-cnn: the answer whose vote fraction it predicts')
    .option('--seed <n>', 'another seed gives another model', numberOption('seed'))
    .action(
      withDesk(async ({ desk, output, runJob }, dir: string, options: Record<string, unknown>) => {
        await desk.open(dir)
        const { model, size, batch, ...rest } = options
        const params = parseOptions(
          trainParamsSchema,
          { ...rest, network: model, sizePx: size, batch: batch === 'auto' ? undefined : batch },
          { network: 'model', sizePx: 'size' },
        )
        const card = modelCardSchema.parse(await runJob({ kind: 'train', params }))
        const loss =
          card.bestValidationLoss === null ? '' : `, validation loss ${card.bestValidationLoss.toFixed(4)} at epoch ${card.bestEpoch}`
        output.result(card, [
          `Model ${card.id}: ${card.network} at ${card.sizePx} px, ${card.parameters} parameters, engine ${card.engine}.`,
          `${card.trainingGalaxies} galaxies, ${card.epochs} epochs in ${formatSeconds(card.trainingSeconds)}${loss}.`,
          ...(card.microBatch !== null && card.microBatch < card.batch
            ? [`Batches of ${card.batch} were taken ${card.microBatch} at a time: no more fitted into memory.`]
            : []),
        ])
      }),
    )
  program
    .command('predict <dir>')
    .description('predicts the vote fractions of every galaxy with an image')
    .option('--model <id>', 'default: the latest')
    .option('--views <n>', 'augmented views of each galaxy', numberOption('views'))
    .option('--samples <n>', 'dropout samples of each view', numberOption('samples'))
    .option('--out <file>', 'also write the table of vote fractions (.csv)')
    .option('--seed <n>', 'of the views and the dropout', numberOption('seed'))
    .action(
      withDesk(async ({ desk, output, runJob }, dir: string, { out, ...options }: Record<string, unknown>) => {
        const params = parseOptions(predictParamsSchema, options)
        if (typeof out === 'string') await checkCsvTarget(out, 'predictions')
        await desk.open(dir)
        const result = predictResultSchema.parse(await runJob({ kind: 'predict', params }))
        if (typeof out === 'string') await writePredictions(desk.project().db, result.model, out)
        output.result(result, [
          `${result.galaxies} galaxies predicted by ${result.model} in ${formatSeconds(result.seconds)}.`,
          ...(result.encoder === null ? [] : [describeEncoder(result.encoder)]),
          ...describeChanged(result.changedImages),
        ])
      }),
    )
  program
    .command('acquire <dir>')
    .description('chooses the galaxies to label next and opens a round of them')
    .requiredOption('--strategy <name>', strategyNames.join(', '))
    .requiredOption('--count <n>', 'how many galaxies', numberOption('count'))
    .option('--model <id>', 'default: the latest')
    .option('--samples <n>', 'dropout samples', numberOption('samples'))
    .option('--votes <n>', 'the number of votes whose information is counted', numberOption('votes'))
    .option('--random-share <f>', 'share of the galaxies drawn at random', numberOption('random-share'))
    .option('--seed <n>', 'the same seed chooses the same galaxies', numberOption('seed'))
    .action(
      withDesk(async ({ desk, output, runJob }, dir: string, options: Record<string, unknown>) => {
        await desk.open(dir)
        const result = acquireResultSchema.parse(await runJob({ kind: 'acquire', params: parseOptions(acquireParamsSchema, options) }))
        const rows = result.galaxies.map(({ id, score, random }) => [id, random ? 'random' : (score ?? 0).toFixed(4)])
        output.result(result, [
          `Round ${result.round}: ${result.galaxies.length} galaxies to label.`,
          ...formatTable([['id', 'nats'], ...rows]),
        ])
      }),
    )
}

const CHANGED_NAMED = 10

/** What the catalogue believed of these galaxies was about other pixels: whoever did not mean that must hear it. */
function describeEncoder({ name, note }: { name: string; note: string | null }): string {
  return note === null ? `Features by ${name}.` : `Features by ${name}: ${note}`
}

function describeChanged(ids: readonly string[]): string[] {
  if (ids.length === 0) return []
  const more = ids.length > CHANGED_NAMED ? ` and ${ids.length - CHANGED_NAMED} more` : ''
  return [`Other images than before, looked at anew: ${ids.slice(0, CHANGED_NAMED).join(', ')}${more}.`]
}
