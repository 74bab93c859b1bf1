import { randomUUID } from 'node:crypto'
import { AppError } from '@shared/science/errors'
import type { AskedQuery, Query } from './query'

/** Results that are kept: of a million galaxies each takes 4 MB. */
const MOST = 16

/** What a search found: rows in their order, and what that was made from (`answerBasis`). */
export type Result = { readonly rows: Int32Array; readonly asked: AskedQuery; readonly query: Query; readonly basis: string }

export type Results = {
  keep: (result: Result) => string
  /** Throws `search/gone`. */
  find: (id: string) => Result
}

/** The latest results by their id, which no other project and no other start of the program gives. */
export function createResults(): Results {
  const kept = new Map<string, Result>()
  return {
    keep(result) {
      const id = randomUUID()
      kept.set(id, result)
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST) break
        kept.delete(oldest)
      }
      return id
    },
    find(id) {
      const result = kept.get(id)
      if (result === undefined) throw new AppError('search/gone', 'This list is no longer kept. Search again.')
      // What was asked for last goes last.
      kept.delete(id)
      kept.set(id, result)
      return result
    },
  }
}
