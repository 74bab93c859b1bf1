import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { keyActions } from './keys/actions'
import { conflictOf } from './keys/bindings'
import { shownKey } from './keys/key-name'
import { titleWithView } from './keys/key-action'

/** What a person chose for their own window: kept on this computer, no part of a project, and taken along as a file. */
export const settingsSchema = z.object({
  annotator: z.string().max(100).default(''),
  /** Astronomers work in the dark. */
  theme: z.enum(['system', 'dark', 'light']).default('dark'),
  /** The size of all text, in percent. */
  textPercent: z.number().int().min(80).max(200).default(100),
  /** `reduced`: nothing moves, whatever the system says. */
  motion: z.enum(['system', 'reduced']).default('system'),
  /** Whether a pause is suggested, where the project's settings say after how long. */
  hasBreaks: z.boolean().default(true),
  /** The keys of the actions that were changed, by the action's id. */
  keys: z.record(z.string(), z.array(z.string().min(1))).default({}),
})
export type Settings = z.infer<typeof settingsSchema>

const fileSchema = z.object({ program: z.literal('galaxy-desk'), settings: settingsSchema })

export function writeSettingsFile(settings: Settings): string {
  return `${JSON.stringify({ program: 'galaxy-desk', settings }, null, 2)}\n`
}

/** Throws `settings/unreadable`, `settings/unknown-action` and `settings/key-conflict`; nothing is changed then. */
export function readSettingsFile(text: string): Settings {
  const { settings } = parsed(text)
  for (const [id, keys] of Object.entries(settings.keys)) {
    const action = keyActions.find((known) => known.id === id)
    if (!action)
      throw new AppError(
        'settings/unknown-action',
        `The file gives keys to "${id}", which this version of Galaxy Desk does not know. Remove that line.`,
      )
    const other = conflictOf(id, keys, settings.keys)
    if (other) {
      const key = keys.find((each) => conflictOf(id, [each], settings.keys) === other)!
      throw new AppError(
        'settings/key-conflict',
        `The file gives the key ${shownKey(key)} both to "${titleWithView(action)}" and to "${titleWithView(other)}". Change one of them.`,
      )
    }
  }
  return settings
}

function parsed(text: string): z.infer<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(text))
  } catch (error) {
    const first = error instanceof z.ZodError ? error.issues[0] : undefined
    const where = first ? ` (${first.path.join('.') || 'the whole'}: ${first.message})` : ''
    throw new AppError(
      'settings/unreadable',
      `This is no file of Galaxy Desk settings${where}. Choose one that was exported from Settings.`,
      { cause: error },
    )
  }
}
