import { projectFolder, type WritableDb } from './database'
import { takeProcessLock } from './process-lock'

/** Small transactions: another process may be saving labels in this catalogue meanwhile. */
const ROWS_PER_DELETE = 5_000

/** Removes what imports left that never completed; returns how many galaxies went. Does nothing while an import runs in another process. */
export function removeInterruptedImports(db: WritableDb): number {
  const open = db.prepare<[], number>('SELECT import_key FROM imports WHERE completed_at IS NULL').pluck()
  if (open.all().length === 0) return 0
  const lock = takeProcessLock(projectFolder(db), 'import')
  if (lock === null) return 0
  try {
    return open.all().reduce((removed, importKey) => removed + removeImport(db, importKey), 0)
  } finally {
    lock.release()
  }
}

/** Removes every row of an import that is not complete, and returns how many galaxies went. The caller holds the import lock. */
export function removeImport(db: WritableDb, importKey: number): number {
  deleteInSteps(db, 'all_votes', 'vote_set_key, galaxy_key', importKey)
  deleteInSteps(db, 'all_views', 'galaxy_key, view', importKey)
  const galaxies = deleteInSteps(db, 'all_galaxies', 'galaxy_key', importKey)
  db.transaction(() => {
    db.prepare('DELETE FROM imports WHERE import_key = ? AND completed_at IS NULL').run(importKey)
    db.exec('DELETE FROM vote_sets WHERE NOT EXISTS (SELECT 1 FROM all_votes WHERE all_votes.vote_set_key = vote_sets.vote_set_key)')
  }).immediate()
  return galaxies
}

function deleteInSteps(db: WritableDb, table: 'all_votes' | 'all_views' | 'all_galaxies', key: string, importKey: number): number {
  const step = db.prepare(
    `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE import_key = ? LIMIT ${ROWS_PER_DELETE})`,
  )
  let total = 0
  for (;;) {
    const { changes } = step.run(importKey)
    total += changes
    if (changes < ROWS_PER_DELETE) return total
  }
}
