import type { z } from 'zod'
import { AppError } from '@shared/science/errors'

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

/** Checks the options of a command by the schema that the window's requests also pass. Throws `option/invalid`. */
export function parseOptions<T extends z.ZodType>(schema: T, options: unknown): z.output<T> {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(
    (issue) => `--${issue.path.join('.').replace(/([A-Z])/g, (letter) => `-${letter.toLowerCase()}`)}: ${issue.message}`,
  )
  throw new AppError('option/invalid', `${problems.join('; ')}. See galaxy-desk help.`)
}
