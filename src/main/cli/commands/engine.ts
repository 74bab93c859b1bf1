import type { Command } from 'commander'
import type { EngineReport } from '@shared/contract/engine'
import { inspectEngines } from '@main/compute/engine/inspect'
import { installTensorflow } from '@main/compute/engine/tensorflow/install'
import { createComputeHandle } from '@main/jobs/compute-handle'
import { forkNode } from '@main/jobs/fork-node'
import { packageVersion } from '@main/services/version'
import { createOutput, formatTable } from '../output'

/** `doctor` and `engine install`. */
export function addEngineCommands(program: Command): void {
  program
    .command('doctor')
    .description('which engine computes, why not a better one, and what is installed')
    .action(async (_options: object, command: Command) => {
      const report = await inspectEngines((engine) => createComputeHandle(forkNode, engine))
      const document = { ...report, electron: packageVersion('electron'), node: process.versions.node }
      createOutput(Boolean(command.optsWithGlobals().json)).result(document, describe(document))
    })
  const engine = program.command('engine').description('the native TensorFlow: galaxy-desk engine install')
  engine
    .command('install')
    .description('installs the native TensorFlow for this user: from a Python that has it, from a wheel, or by pip download')
    .option('--gpu', 'fetch TensorFlow with the CUDA libraries (3 GB)')
    .option('--python <path>', 'use the TensorFlow of this Python')
    .option('--wheel <file>', 'use this wheel of tensorflow or tensorflow-cpu')
    .action(async (options: { gpu?: boolean; python?: string; wheel?: string }, command: Command) => {
      const stop = new AbortController()
      process.once('SIGINT', () => stop.abort())
      const manifest = await installTensorflow({
        ...options,
        signal: stop.signal,
        onProgress: (sentence) => process.stderr.write(`${sentence}\n`),
      })
      createOutput(Boolean(command.optsWithGlobals().json)).result(manifest, [
        'The native TensorFlow is installed. See galaxy-desk doctor.',
      ])
    })
}

function describe({ engine, engines, advice, electron, node }: EngineReport & { electron: string | null; node: string }): string[] {
  const rows = engines.map((status) => [
    `${status.name === engine ? '*' : ' '} ${status.name}`,
    status.usable ? `${status.version} ${status.device}` : 'no',
    status.usable ? '' : status.reason,
  ])
  return [`Galaxy Desk computes with ${engine}.`, ...formatTable(rows), advice, `Node ${node}, Electron ${electron ?? 'not installed'}.`]
}
