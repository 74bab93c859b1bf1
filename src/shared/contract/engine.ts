import { z } from 'zod'

export const engineNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const
export const engineNameSchema = z.enum(engineNames)
export type EngineName = z.infer<typeof engineNameSchema>

/** What `doctor` and the status bar say of one engine: usable or the reason why not. `device` is `CPU`, `GPU …` or empty. */
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
