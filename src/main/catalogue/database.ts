import { dirname } from 'node:path'
import type { Database } from 'better-sqlite3'

declare const canRead: unique symbol
declare const canWrite: unique symbol

/** An open catalogue that may be read. */
export type ReadableDb = Database & { readonly [canRead]: true }

/** An open catalogue that may also be written; the brand keeps a read-only one away from writers at compile time. */
export type WritableDb = ReadableDb & { readonly [canWrite]: true }

/** The project folder that this catalogue lies in. */
export function projectFolder(db: ReadableDb): string {
  return dirname(db.name)
}
