import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import type { WritableDb } from '@main/catalogue/database'
import { migrate } from '@main/catalogue/migrate'
import { migrations } from '@main/catalogue/migrations'
import { keepSearch, readSavedSearches, removeSearch } from '@main/catalogue/saved-searches'
import { newProject, reopened, temporaryFolder } from './support'

const withCode = (code: string) => expect.objectContaining({ code }) as Error
const search = { name: 'faint', filter: 'flagged and bar_yes > 0.5', sort: 'ra', descending: true, replace: false }

describe('a saved search', () => {
  test('is there after the project was opened again, in the order of the names', () => {
    const { path, db } = newProject()
    const kept = keepSearch(db, search)
    keepSearch(db, { ...search, name: 'bars', sort: null, descending: false })
    expect(readSavedSearches(reopened(path))).toEqual([expect.objectContaining({ name: 'bars', sort: null, descending: false }), kept])
    expect(kept).toEqual({ name: 'faint', filter: search.filter, sort: 'ra', descending: true, createdAt: kept.createdAt })
  })

  test('has a name of its own, unless it replaces the other', () => {
    const { db } = newProject()
    const first = keepSearch(db, search)
    expect(() => keepSearch(db, { ...search, filter: 'test' })).toThrow(withCode('search/exists'))
    expect(readSavedSearches(db)).toEqual([first])
    keepSearch(db, { ...search, filter: 'test', replace: true })
    expect(readSavedSearches(db)).toEqual([expect.objectContaining({ name: 'faint', filter: 'test' })])
  })

  test('is removed once', () => {
    const { db } = newProject()
    keepSearch(db, search)
    removeSearch(db, 'faint')
    expect(readSavedSearches(db)).toEqual([])
    expect(() => removeSearch(db, 'faint')).toThrow(withCode('search/unknown'))
  })
})

test('a catalogue from before saved searches gets an empty table and keeps what it has', () => {
  const db = new Sqlite(join(temporaryFolder(), 'catalogue.sqlite')) as WritableDb
  migrate(db, migrations.slice(0, 1))
  db.exec("INSERT INTO settings VALUES ('window', '1'); INSERT INTO trees VALUES ('v', 'small', '{}')")
  migrate(db, migrations.slice(0, 2))
  expect(db.prepare('SELECT name, value FROM settings').raw().all()).toEqual([['window', '1']])
  expect(db.prepare('SELECT count(*) FROM trees').pluck().get()).toBe(1)
  expect(readSavedSearches(db)).toEqual([])
  db.close()
})
