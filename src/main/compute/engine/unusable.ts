import { AppError } from '@shared/science/errors'
import type { EngineName } from '@shared/contract/engine'

const before = (name: EngineName) => `The engine ${name} cannot be used. `
const AFTER = ' Or choose another engine: auto takes the best that works.'

/** What a forced engine that does not work is refused with. */
export function unusable(name: EngineName, reason: string): AppError {
  return new AppError('engine/unusable', before(name) + reason + AFTER)
}

/** The bare reason in the message of `unusable`; any other message as it is. */
export function bareReason(name: EngineName, message: string): string {
  return message.replace(before(name), '').replace(AFTER, '')
}
