import { type Command, Option } from 'commander'
import type { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { engineNames, type EngineChoice } from '@shared/contract/engine'
import { parseEngine } from '@main/services/engine-choice'

/** A number from the command line. Throws `option/not-a-number`, which names the option. */
export function numberOption(name: string): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value))
      throw new AppError('option/not-a-number', `--${name} is "${text}"; it must be a number.`)
    return value
  }
}

/** A number, or one of the words. */
export function numberOr<W extends string>(name: string, ...words: W[]): (text: string) => number | W {
  return (text) => words.find((word) => word === text) ?? numberOption(name)(text)
}

/** A share below 1 or a whole number of galaxies. `1.0` is refused: it looks like the whole survey and would be one galaxy. */
export function shareOption<W extends string>(name: string, ...words: W[]): (text: string) => number | W {
  return (text) => {
    const value = numberOr(name, ...words)(text)
    if (typeof value === 'string' || value < 1 || /^\d+$/.test(text.trim())) return value
    const all = words.length === 0 ? '' : `, or ${words.join(', ')}`
    throw new AppError(
      'option/invalid',
      `--${name} is ${text}; it must be a share below 1, such as 0.2, or a whole number of galaxies${all}.`,
    )
  }
}

/**
 * Checks the options of a command by the schema that the window's requests also pass. `names` gives the option of each field that is called
 * otherwise on the command line. Throws `option/invalid`, which names the options as they are typed.
 */
export function parseOptions<T extends z.ZodType>(
  schema: T,
  options: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, string>> = {},
): z.output<T> {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => {
    const field = String(path[0])
    const name = names[field] ?? field.replace(/([A-Z])/g, (letter) => `-${letter.toLowerCase()}`)
    return `--${name} is ${String(options[field])}: ${message}`
  })
  throw new AppError('option/invalid', `${problems.join('; ')}.`)
}

/** `--engine`, for the program and for each command that computes; one of them is enough. */
export function engineOption(): Option {
  return new Option('--engine <name>', `${engineNames.join(', ')}, or auto: the best that works`).argParser((text) =>
    parseEngine('--engine', text),
  )
}

/** What `--engine` asked for, with the command or before it. */
export function engineOf(command: Command): EngineChoice | undefined {
  return (command.optsWithGlobals() as { engine?: EngineChoice }).engine
}
