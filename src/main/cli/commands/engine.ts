import type { Command } from 'commander'
import type { EngineReport, EngineStatus } from '@shared/contract/engine'
import { inspectEngines } from '@main/compute/engine/inspect'
import { installTensorflow } from '@main/compute/engine/tensorflow/install'
import { createComputeHandle } from '@main/jobs/compute-handle'
import { forkNode } from '@main/jobs/fork-node'
import { chosenEngine, forcedEngine, type ChosenEngine } from '@main/services/engine-choice'
import { packageVersion } from '@main/services/version'
import { engineOf } from '../options'
import { createOutput } from '../output'

/** `doctor` and `engine install`. */
export function addEngineCommands(program: Command): void {
  program
    .command('doctor')
    .description('which engine computes, why not a better one, and what is installed')
    .action(async (_options: object, command: Command) => {
      const chosen = chosenEngine(engineOf(command))
      const found = await inspectEngines((engine) => createComputeHandle(forkNode, engine))
      const document = { ...inForce(found, chosen), electron: packageVersion('electron'), node: process.versions.node }
      createOutput(Boolean(command.optsWithGlobals().json)).result(document, describe(document, chosen))
      if (!statusOf(document).usable) process.exitCode = 1
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

/** With the engine that a job would be given: the forced one, usable or not, in place of the best. */
function inForce(found: EngineReport, { choice }: ChosenEngine): EngineReport {
  const forced = forcedEngine(choice)
  return forced === null || forced === found.engine ? found : { ...found, engine: forced }
}

const statusOf = ({ engine, engines }: EngineReport): EngineStatus => engines.find(({ name }) => name === engine)!

type Findings = EngineReport & { electron: string | null; node: string }

function describe(findings: Findings, chosen: ChosenEngine): string[] {
  const { engine, engines, advice, electron, node } = findings
  const width = Math.max(...engines.map(({ name }) => name.length))
  const lines = engines.map(({ name, usable, version, device, reason }) => {
    const mark = name === engine ? '*' : ' '
    return `${mark} ${name.padEnd(width)}  ${usable ? `${version} ${device}${reason && ` (${reason})`}` : `no: ${reason}`}`
  })
  const why = chosen.choice === 'auto' ? '' : `, as ${chosen.startedWith ?? 'the choice in the window'} says`
  const headline = statusOf(findings).usable
    ? `Galaxy Desk computes with ${engine}${why}.`
    : `Galaxy Desk is to compute with ${engine}${why}, which cannot be used here. Jobs are refused; \`--engine auto\` takes the best that works.`
  return [headline, ...lines, ...(chosen.choice === 'auto' ? [advice] : []), `Node ${node}, Electron ${electron ?? 'not installed'}.`]
}
