import { z } from 'zod'
import { limitKinds } from './planes'
import { stretches } from './stretch'

const share = z.number().min(0).max(1)

/** How images are shown in a project, for the eye only: kept in this window for every project, and the same for all its galaxies. */
export const viewerSettingsSchema = z.object({
  stretch: z.enum(stretches).default('picture'),
  range: z.enum(limitKinds).default('auto'),
  isPerBand: z.boolean().default(true),
  black: share.default(0),
  white: share.default(1),
  isInverted: z.boolean().default(false),
  isGrey: z.boolean().default(false),
  channels: z.tuple([z.boolean(), z.boolean(), z.boolean()]).default([true, true, true]),
  angleDeg: z.number().min(-180).max(180).default(0),
  isFlipped: z.boolean().default(false),
  hasCrosshair: z.boolean().default(false),
  hasModelView: z.boolean().default(false),
  hasControls: z.boolean().default(false),
  /** The number of the further view that is shown, null for none. */
  secondView: z.number().int().min(2).nullable().default(null),
  isBlinking: z.boolean().default(false),
})
export type ViewerSettings = z.infer<typeof viewerSettingsSchema>

const keyOf = (project: string) => `galaxy-desk.viewer.${project}`

/** What was kept for a project; what cannot be read is as if it was never set. */
export function readViewerSettings(project: string): ViewerSettings {
  try {
    return viewerSettingsSchema.parse(JSON.parse(localStorage.getItem(keyOf(project)) ?? '{}'))
  } catch {
    return viewerSettingsSchema.parse({})
  }
}

export function keepViewerSettings(project: string, settings: ViewerSettings): void {
  localStorage.setItem(keyOf(project), JSON.stringify(settings))
}
