import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { engineChoiceSchema, engineNames, type EngineChoice, type EngineName, type EngineSetting } from '@shared/contract/engine'
import { readUserFile, writeUserFile } from './user-file'

/** The engine to start with, and what decided it. */
export type ChosenEngine = Pick<EngineSetting, 'choice' | 'startedWith'>

const SETTINGS = 'settings.json'
/** Other fields are kept as they are: a later version may have written them. */
const settingsSchema = z.looseObject({ engine: engineChoiceSchema.optional() })

/**
 * [Note: Which engine] What was asked for on the command line (`--engine`), else GALAXY_DESK_ENGINE, else the choice that the window kept
 * for this user, else the best that works. Throws `engine/unknown-name`.
 */
export function chosenEngine(asked?: EngineChoice): ChosenEngine {
  if (asked !== undefined) return { choice: asked, startedWith: '--engine' }
  const fromEnvironment = environmentChoice()
  if (fromEnvironment !== null) return { choice: fromEnvironment, startedWith: 'GALAXY_DESK_ENGINE' }
  return { choice: readUserFile(SETTINGS, settingsSchema, {}).engine ?? 'auto', startedWith: null }
}

/** The engine that GALAXY_DESK_ENGINE forces; null: the best that works. Throws `engine/unknown-name`. */
export const engineFromEnvironment = (): EngineName | null => forcedEngine(environmentChoice() ?? 'auto')

function environmentChoice(): EngineChoice | null {
  const asked = process.env.GALAXY_DESK_ENGINE
  return asked ? parseEngine('GALAXY_DESK_ENGINE', asked) : null
}

/** Keeps the choice for the next start. Throws `settings/not-saved`. */
export function keepEngine(choice: EngineChoice): void {
  try {
    writeUserFile(SETTINGS, { ...readUserFile(SETTINGS, settingsSchema, {}), engine: choice })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('settings/not-saved', `The choice of the engine could not be kept for the next start: ${reason}.`, { cause: error })
  }
}

/** An engine as it is typed; `where` is named in the error. Throws `engine/unknown-name`. */
export function parseEngine(where: string, text: string): EngineChoice {
  const parsed = engineChoiceSchema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new AppError('engine/unknown-name', `${where} is "${text}"; it can be auto, ${engineNames.join(', ')}.`)
}

/** The engine to force; null: the best that works. */
export const forcedEngine = (choice: EngineChoice): EngineName | null => (choice === 'auto' ? null : choice)
