import { labellingSettingsSchema, type LabellingSettings } from '@shared/contract/labelling'
import type { ReadableDb, WritableDb } from './database'
import { readSetting, writeSetting } from './settings'

/** How a project is labelled. What was never set has its default. */
export function readLabellingSettings(db: ReadableDb): LabellingSettings {
  return labellingSettingsSchema.parse(readSetting(db, 'labelling') ?? {})
}

/** Changes what is named and keeps the rest, as whoever else changed it: in one transaction. Gives all of them. */
export function writeLabellingSettings(db: WritableDb, changes: Partial<LabellingSettings>): LabellingSettings {
  return db
    .transaction(() => {
      const settings = { ...readLabellingSettings(db), ...changes }
      writeSetting(db, 'labelling', settings)
      return settings
    })
    .immediate()
}
