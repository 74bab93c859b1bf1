import { openCatalogue } from '@main/catalogue/open'
import type { ReadableDb } from '@main/catalogue/database'

/** What `read` yields of a project's catalogue: each walk starts anew, and has a connection only while it goes on. */
export function catalogueWalk<T>(projectPath: string, read: (db: ReadableDb) => Iterable<T>): Iterable<T> {
  return {
    *[Symbol.iterator]() {
      const db = openCatalogue(projectPath, { readonly: true })
      try {
        yield* read(db)
      } finally {
        db.close()
      }
    },
  }
}

/** How many a walk gives. */
export function countOf(items: Iterable<unknown>): number {
  let count = 0
  for (const walk = items[Symbol.iterator](); walk.next().done !== true;) count += 1
  return count
}
