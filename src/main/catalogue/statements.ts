import type { Statement } from 'better-sqlite3'
import type { ReadableDb } from './database'

const kept = new WeakMap<ReadableDb, Map<string, Statement<unknown[], unknown>>>()

/**
 * A statement that is prepared once for a catalogue: for what every label asks, some of it a dozen times; to prepare it anew took a quarter of the time
 * of a label. It is shared: only `get`, `all` and `run` it, which end before anybody else can ask.
 */
export function keptStatement<P extends unknown[], R>(db: ReadableDb, sql: string): Statement<P, R> {
  return find(db, sql, () => db.prepare(sql))
}

/** The same of a statement that gives one value. */
export function keptValue<P extends unknown[], V>(db: ReadableDb, sql: string): Statement<P, V> {
  return find(db, `value: ${sql}`, () => db.prepare(sql).pluck())
}

function find<P extends unknown[], R>(db: ReadableDb, key: string, prepare: () => unknown): Statement<P, R> {
  let statements = kept.get(db)
  if (statements === undefined) kept.set(db, (statements = new Map()))
  let statement = statements.get(key)
  if (statement === undefined) statements.set(key, (statement = prepare() as Statement<unknown[], unknown>))
  return statement as unknown as Statement<P, R>
}
