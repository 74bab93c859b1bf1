import { z } from 'zod'
import { errorBodySchema } from './errors'

export const engineNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const
export const engineNameSchema = z.enum(engineNames)
export type EngineName = z.infer<typeof engineNameSchema>

/**
 * What `doctor` and the status bar say of one engine: usable or the `reason` why not; of a usable one, why it is slower than it could be,
 * or nothing. `device` is `CPU`, `GPU …` or empty.
 */
export const engineStatusSchema = z.object({
  name: engineNameSchema,
  usable: z.boolean(),
  reason: z.string(),
  version: z.string(),
  device: z.string(),
})
export type EngineStatus = z.infer<typeof engineStatusSchema>

/** The engine in use, all that were looked at in the order they are tried, and one sentence on what would be better. */
export const engineReportSchema = z.object({ engine: engineNameSchema, engines: z.array(engineStatusSchema), advice: z.string() })
export type EngineReport = z.infer<typeof engineReportSchema>

/** What a user may ask for: one engine, or the best that works. */
export const engineChoiceSchema = z.enum(['auto', ...engineNames])
export type EngineChoice = z.infer<typeof engineChoiceSchema>

/** The choice as it stands in the running program. */
export const engineSettingSchema = z.object({
  choice: engineChoiceSchema,
  /** A job still runs on the engine before; the choice counts once it has ended. */
  isPending: z.boolean(),
  /** Why there is no engine: the one that was chosen cannot be used, or its process ended. Null while it starts and while it works. */
  failure: errorBodySchema.nullable(),
  /** What this program was started with, and decides again at its next start; null when the choice kept for this user does. */
  startedWith: z.enum(['--engine', 'GALAXY_DESK_ENGINE']).nullable(),
})
export type EngineSetting = z.infer<typeof engineSettingSchema>
