import { labellingSettingsSchema, type LabellingSettings } from '@shared/contract/labelling'
import type { ReadableDb, WritableDb } from './database'
import { readSetting, writeSetting } from './settings'

/** How a project is labelled. What was never set has its default. */
export function readLabellingSettings(db: ReadableDb): LabellingSettings {
  return labellingSettingsSchema.parse(readSetting(db, 'labelling') ?? {})
}

export function writeLabellingSettings(db: WritableDb, settings: LabellingSettings): LabellingSettings {
  writeSetting(db, 'labelling', settings)
  return readLabellingSettings(db)
}
