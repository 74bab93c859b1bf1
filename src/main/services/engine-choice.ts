import { AppError } from '@shared/science/errors'
import { engineNames, engineNameSchema, type EngineName } from '@shared/contract/engine'

/** The engine that GALAXY_DESK_ENGINE forces; null: the best that works. Throws `engine/unknown-name`. */
export function engineFromEnvironment(): EngineName | null {
  const asked = process.env.GALAXY_DESK_ENGINE
  if (asked === undefined || asked === '') return null
  const parsed = engineNameSchema.safeParse(asked)
  if (!parsed.success) throw new AppError('engine/unknown-name', `GALAXY_DESK_ENGINE is "${asked}"; it can be ${engineNames.join(', ')}.`)
  return parsed.data
}
