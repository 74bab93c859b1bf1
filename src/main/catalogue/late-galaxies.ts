import type { WritableDb } from './database'
import { findSkyGroups, keepSkyGroups } from './positions'
import { readSplit } from './split-record'
import { keepTestVotes } from './test-votes'

/**
 * Gives galaxies that are imported after the split their side: the pool, except that one within 2 arcsec of a held-out galaxy is excluded,
 * neither trained on nor measured, because the frozen test set does not grow and its galaxies must not leak into training. Returns what is
 * to be done inside the transaction that completes the import; the slow matching happens before, while labels go on being saved.
 */
export function placeLateGalaxies(db: WritableDb, importKey: number): () => void {
  const before = readSplit(db) === null ? null : findSkyGroups(db, importKey)
  return () => {
    if (readSplit(db) === null) return
    keepSkyGroups(db, before ?? findSkyGroups(db, importKey))
    db.prepare(
      `INSERT INTO held_out (galaxy_key, side)
       SELECT late.galaxy_key, 'excluded' FROM all_galaxies AS late
       WHERE late.import_key = ? AND late.sky_group IN
         (SELECT sky_group FROM held_out JOIN all_galaxies USING (galaxy_key) WHERE sky_group IS NOT NULL)`,
    ).run(importKey)
    keepTestVotes(db)
  }
}
