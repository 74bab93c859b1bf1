import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { ReadableDb, WritableDb } from './database'
import { keptValue } from './statements'

/** What a project remembers by name: `treeVersion`, `split`, `device`, `voteSet`, `sample` (simulated galaxies that it is still to be
 * filled with, else null), `predicting:MODEL` ([Note: Predictions that were cut off]), and whatever the window wants kept, as JSON. */
export function readSetting(db: ReadableDb, name: string): unknown {
  const text = keptValue<[string], string>(db, 'SELECT value FROM settings WHERE name = ?').get(name)
  return text === undefined ? undefined : JSON.parse(text)
}

export function writeSetting(db: WritableDb, name: string, value: unknown): void {
  db.prepare('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value').run(
    name,
    JSON.stringify(value),
  )
}

/**
 * The id that this machine writes into the label log of this project. A project copied to another machine gets another one there, so that
 * two logs that went apart can be told apart when they are merged.
 */
export function deviceId(db: WritableDb): string {
  const host = hostname()
  const known = readSetting(db, 'device') as { id: string; host: string } | undefined
  if (known?.host === host) return known.id
  const id = randomUUID()
  writeSetting(db, 'device', { id, host })
  return id
}
