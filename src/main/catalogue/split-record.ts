import type { SplitRequest } from '@shared/contract/requests'
import type { ReadableDb } from './database'
import { readSetting } from './settings'

/** What the split was asked for, and when it was made. */
export type SplitRecord = SplitRequest & { at: string }

/** Null before `splitSurvey`. */
export function readSplit(db: ReadableDb): SplitRecord | null {
  return (readSetting(db, 'split') as SplitRecord | undefined) ?? null
}
