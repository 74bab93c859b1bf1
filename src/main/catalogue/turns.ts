import { createHash } from 'node:crypto'
import { AppError } from '@shared/science/errors'
import type { ReadableDb } from './database'
import { readSetting } from './settings'

/**
 * [Note: Turns] Some galaxies come back to their annotator unannounced, so that agreement with oneself can be measured. What is said then is
 * kept apart by `pass` (0 the first time, 1 the second): it changes no earlier answer and trains nothing. The window must not be able to tell
 * the passes apart, so an item carries a `turn`, a digest that only the server can read.
 */
export const PASSES = [0, 1] as const

export function turnOf(db: ReadableDb, galaxyKey: number, pass: number): string {
  const salt = JSON.stringify(readSetting(db, 'treeVersion'))
  return createHash('sha256').update(`${salt} ${galaxyKey} ${pass}`).digest('base64url').slice(0, 12)
}

/** Throws `label/unknown-turn`. */
export function passOfTurn(db: ReadableDb, galaxyKey: number, turn: string): number {
  const pass = PASSES.find((each) => turnOf(db, galaxyKey, each) === turn)
  if (pass === undefined)
    throw new AppError('label/unknown-turn', 'This entry is about another galaxy than the one that was shown. Load the queue again.')
  return pass
}
