/** @file `galaxy-desk`: the same services as the window, from the command line. */
import { Command, CommanderError } from 'commander'
import { AppError } from '@shared/science/errors'
import { programVersion } from '@main/services/version'
import { addEngineCommands } from './commands/engine'
import { addLabelCommands } from './commands/label'
import { addMeasureCommands } from './commands/measure'
import { addModelCommands } from './commands/model'
import { addProjectCommands } from './commands/project'
import { addScoreCommand } from './commands/score'
import { addServeCommands } from './commands/serve'
import { addTrainCommands } from './commands/train'
import { addUpkeepCommands } from './commands/upkeep'

function createProgram(): Command {
  const program = new Command('galaxy-desk')
  program.description('Label the galaxies that a network would learn most from, and retrain it.').version(programVersion())
  program.option('--json', 'one JSON document on standard output instead of text')
  program.exitOverride().configureOutput({ writeErr: () => undefined })
  addEngineCommands(program)
  addProjectCommands(program)
  addTrainCommands(program)
  addLabelCommands(program)
  addMeasureCommands(program)
  addScoreCommand(program)
  addModelCommands(program)
  addServeCommands(program)
  addUpkeepCommands(program)
  for (const command of program.commands) {
    command.option('--json', 'one JSON document on standard output instead of text')
    command.exitOverride().configureOutput({ writeErr: () => undefined })
  }
  return program
}

/** Exit 0 done, 2 bad input (`error noun/reason: message` on standard error), 1 failure, 130 stopped. */
function exitStatus(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    process.stderr.write(`error command/usage: ${error.message.replace(/^error: /, '')}. See galaxy-desk help.\n`)
    return 2
  }
  if (error instanceof AppError) {
    process.stderr.write(`error ${error.code}: ${error.message}\n`)
    if (error.code === 'job/cancelled' || error.code === 'job/interrupted') return 130
    return error.code === 'compute/died' ? 1 : 2
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return 1
}

const program = createProgram()
try {
  await program.parseAsync(process.argv)
} catch (error) {
  process.exitCode = exitStatus(error)
}
