import type { ReadableDb } from '@main/catalogue/database'

/** The galaxies that are to come to this annotator unannounced: what was said of them before is not to be seen until then. */
export function pendingVisits(db: ReadableDb, annotator: string): Set<number> {
  return new Set(db.prepare<[string], number>('SELECT galaxy_key FROM visits WHERE annotator = ? AND done = 0').pluck().all(annotator))
}

/** The galaxies of known answers, by which annotators are measured. */
export function goldGalaxies(db: ReadableDb): Set<number> {
  return new Set(db.prepare<[], number>('SELECT DISTINCT galaxy_key FROM gold').pluck().all())
}
