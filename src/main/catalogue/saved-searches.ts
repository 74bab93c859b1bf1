import { AppError } from '@shared/science/errors'
import type { SavedSearch, SaveSearch } from '@shared/contract/search'
import type { ReadableDb, WritableDb } from './database'

type SavedSearchRow = Omit<SavedSearch, 'descending'> & { descending: number }

const rowToSavedSearch = (row: SavedSearchRow): SavedSearch => ({ ...row, descending: row.descending === 1 })

/** All saved searches, by name. */
export function readSavedSearches(db: ReadableDb): SavedSearch[] {
  return db
    .prepare<[], SavedSearchRow>('SELECT name, filter, sort, descending, created_at AS createdAt FROM saved_searches ORDER BY name')
    .all()
    .map(rowToSavedSearch)
}

/** Keeps a search whose filter the caller has checked. Throws `search/exists` unless it is to replace the one of its name. */
export function keepSearch(db: WritableDb, { name, filter, sort, descending, replace }: SaveSearch): SavedSearch {
  const createdAt = new Date().toISOString()
  const { changes } = db
    .prepare(
      `INSERT INTO saved_searches (name, filter, sort, descending, created_at) VALUES (:name, :filter, :sort, :descending, :createdAt)
       ON CONFLICT (name) DO UPDATE SET filter = excluded.filter, sort = excluded.sort, descending = excluded.descending,
         created_at = excluded.created_at WHERE :replace`,
    )
    .run({ name, filter, sort, descending: Number(descending), createdAt, replace: Number(replace) })
  if (changes === 0) throw new AppError('search/exists', `There is a search "${name}" already. Choose another name, or replace it.`)
  return { name, filter, sort, descending, createdAt }
}

/** Throws `search/unknown`. */
export function removeSearch(db: WritableDb, name: string): void {
  const { changes } = db.prepare('DELETE FROM saved_searches WHERE name = ?').run(name)
  if (changes === 0) throw new AppError('search/unknown', `There is no search "${name}". Reload the list.`)
}
