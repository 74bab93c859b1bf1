import type { Command } from 'commander'
import { AppError } from '@shared/science/errors'

/** `help [command]`: commander's own answers an unknown command with silence. */
export function addHelpCommand(program: Command): void {
  program.helpCommand(false)
  program
    .command('help [command...]')
    .description('all commands, or the options of one')
    .action((names: string[]) => {
      let command = program
      for (const name of names) {
        const next = command.commands.find((candidate) => candidate.name() === name)
        if (!next) throw unknownCommand(command, name)
        command = next
      }
      command.outputHelp()
    })
}

function unknownCommand({ commands }: Command, name: string): AppError {
  const known = commands.map((command) => command.name())
  return new AppError('command/unknown', `There is no command "${name}". There are: ${known.join(', ')}.`)
}
