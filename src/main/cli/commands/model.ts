import type { Command } from 'commander'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { networkNames, networkNameSchema, trainParamsSchema } from '@shared/contract/job'
import { answerNames } from '@shared/science/tree/decision-tree'
import { readTree } from '@main/services/trees'
import { numberOption, parseOptions } from '../options'
import { formatTable } from '../output'
import { withDesk } from '../session'

const optionsSchema = z.object({ size: trainParamsSchema.shape.sizePx })

/** `model NAME`: layers, output shapes and parameter counts. */
export function addModelCommands(program: Command): void {
  program
    .command('model <name>')
    .description(`layers, output shapes and parameter counts of ${networkNames.join(', ')}`)
    .option('--tree <tree>', 'the tree whose answers are the outputs', 'gz-decals-dr5')
    .option('--size <px>', 'side of the images', numberOption('size'))
    .action(
      withDesk(async ({ desk, output }, name: string, { tree, ...options }: { tree: string; size?: number }) => {
        const network = networkNameSchema.safeParse(name)
        if (!network.success) throw new AppError('model/unknown', `There is no network "${name}"; there are ${networkNames.join(', ')}.`)
        const { size } = parseOptions(optionsSchema, options)
        const answers = answerNames(await readTree(tree)).length
        const outputs = network.data === 'w20-cnn' ? 2 : answers
        const result = await desk.compute.run({
          kind: 'model',
          network: network.data,
          outputs,
          ...(size === undefined ? {} : { sizePx: size }),
        })
        const rows = result.layers.map((layer) => [layer.name, layer.outputShape.join(' × '), layer.parameters.toLocaleString('en')])
        output.result(result, [
          ...formatTable([['layer', 'output', 'parameters'], ...rows]),
          `encoder ${result.encoderParameters.toLocaleString('en')} + head ${result.headParameters.toLocaleString('en')} = ${result.parameters.toLocaleString('en')} parameters`,
        ])
      }),
    )
}
