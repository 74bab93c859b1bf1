/** @file `galaxy-desk`: the same services as the window, from the command line. */
import { Command, CommanderError } from 'commander'
import { AppError } from '@shared/science/errors'
import { isFailure } from '@shared/contract/errors'
import { programVersion } from '@main/services/version'
import { addBenchCommand } from './commands/bench'
import { addEngineCommands } from './commands/engine'
import { addHelpCommand } from './commands/help'
import { addLabelCommands } from './commands/label'
import { addMeasureCommands } from './commands/measure'
import { addModelCommands } from './commands/model'
import { addProjectCommands } from './commands/project'
import { addQualityCommands } from './commands/quality'
import { addScoreCommand } from './commands/score'
import { addServeCommands } from './commands/serve'
import { addTrainCommands } from './commands/train'
import { addUpkeepCommands } from './commands/upkeep'
import { engineOption } from './options'

/** Commands that use the compute process, and may be told on which engine. */
const COMPUTING = new Set(['doctor', 'sample', 'train', 'predict', 'acquire', 'measure', 'model', 'jobs', 'serve', 'open', 'bench'])

function createProgram(): Command {
  const program = new Command('galaxy-desk')
  program.description('Label the galaxies that a network would learn most from, and retrain it.').version(programVersion())
  addEngineCommands(program)
  addProjectCommands(program)
  addTrainCommands(program)
  addLabelCommands(program)
  addMeasureCommands(program)
  addScoreCommand(program)
  addQualityCommands(program)
  addModelCommands(program)
  addServeCommands(program)
  addUpkeepCommands(program)
  addBenchCommand(program)
  addHelpCommand(program)
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    command.option('--json', 'one JSON document on standard output instead of text')
    if (command === program || COMPUTING.has(command.name())) command.addOption(engineOption())
    // What is wrong is written below, in the form of all errors; help that stands in for it stays.
    command.exitOverride().configureOutput({ outputError: () => undefined })
  }
  return program
}

/** Exit 0 done, 2 bad input (`error noun/reason: message` on standard error), 1 failure, 130 stopped. */
function exitStatus(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    // A command that only groups others: its help is on standard error already.
    if (error.code === 'commander.help') return 2
    const message = error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ')
    process.stderr.write(`error command/usage: ${message}. See galaxy-desk ${commandInHelp()}.\n`)
    return 2
  }
  if (error instanceof AppError) {
    process.stderr.write(`error ${error.code}: ${error.message}\n`)
    if (error.code === 'job/cancelled' || error.code === 'job/interrupted') return 130
    return isFailure(error.code) ? 1 : 2
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return 1
}

/** `help train` where the line began with a command that exists. */
function commandInHelp(): string {
  const first = process.argv[2]
  return program.commands.some((command) => command.name() === first) ? `help ${first}` : 'help'
}

const program = createProgram()
// Whoever reads has seen enough, as in `galaxy-desk jobs DIR | head -1`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
try {
  if (process.argv.length > 2) await program.parseAsync(process.argv)
  else program.outputHelp()
} catch (error) {
  process.exitCode = exitStatus(error)
}
