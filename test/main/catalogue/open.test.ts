import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { appendLabel, readLabelLog } from '@main/catalogue/labels'
import { catalogueVersion, migrate } from '@main/catalogue/migrate'
import { migrations } from '@main/catalogue/migrations'
import { openCatalogue } from '@main/catalogue/open'
import { createProject } from '@main/catalogue/project'
import { deviceId, readSetting, writeSetting } from '@main/catalogue/settings'
import { projectTree, treeVersion } from '@main/catalogue/trees'
import { answerOf, newProject, reopened, smallTree, surveyProject, temporaryFolder } from './support'

const withCode = (code: string) => expect.objectContaining({ code }) as Error

describe('a new project', () => {
  test('has its folders, its tree and a device, and nothing else beside it', () => {
    const { path, db } = newProject()
    for (const folder of ['models', 'features', 'cutouts', 'backups', 'logs']) expect(existsSync(join(path, folder))).toBe(true)
    expect(projectTree(db)).toEqual({ tree: smallTree, version: treeVersion(smallTree) })
    expect(deviceId(db)).toBe((readSetting(db, 'device') as { id: string }).id)
    expect(readdirSync(join(path, '..'))).toEqual(['survey.galaxydesk'])
  })

  test('takes an empty folder, and refuses one that holds anything, which stays as it was', () => {
    const folder = join(temporaryFolder(), 'mine')
    mkdirSync(folder)
    expect(createProject(folder, smallTree)).toBe(folder)
    const before = readdirSync(folder)
    expect(() => createProject(folder, smallTree)).toThrow(withCode('project/not-empty'))
    expect(readdirSync(folder)).toEqual(before)
  })

  test('is refused below a file, and leaves nothing', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), 'x')
    expect(() => createProject(join(folder, 'file', 'project'), smallTree)).toThrow(withCode('project/not-writable'))
    // Where the parent is there and yet nothing can be made in it.
    if (process.platform === 'linux')
      expect(() => createProject('/proc/nothing/project', smallTree)).toThrow(withCode('project/not-writable'))
    expect(readdirSync(folder)).toEqual(['file'])
  })

  test('has another device on another machine', () => {
    const { db } = newProject()
    const here = deviceId(db)
    writeSetting(db, 'device', { id: here, host: 'elsewhere' })
    const there = deviceId(db)
    expect(there).not.toBe(here)
    expect(deviceId(db)).toBe(there)
  })
})

describe('opening', () => {
  test('commits to the disk: write-ahead log, synchronous FULL, foreign keys on', () => {
    const { db } = newProject()
    expect(['journal_mode', 'synchronous', 'foreign_keys'].map((name) => db.pragma(name, { simple: true }))).toEqual(['wal', 2, 1])
  })

  test('for reading refuses to write', () => {
    const { path } = newProject()
    const db = openCatalogue(path, { readonly: true })
    expect(() => db.exec('DELETE FROM settings')).toThrow('readonly')
    db.close()
  })

  test('refuses a folder without a catalogue', () => {
    expect(() => openCatalogue(temporaryFolder())).toThrow(withCode('catalogue/missing'))
  })

  test('refuses a file that is no database, and leaves it as it is', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'catalogue.sqlite')
    writeFileSync(file, 'id,ra,dec\n'.repeat(100))
    expect(() => openCatalogue(folder)).toThrow(withCode('catalogue/corrupt'))
    expect(readFileSync(file, 'utf8')).toBe('id,ra,dec\n'.repeat(100))
  })

  test('refuses a catalogue that was copied only in part', () => {
    const { path, db } = surveyProject({ count: 2_000 })
    db.close()
    truncateSync(join(path, 'catalogue.sqlite'), 64 * 1024)
    expect(() => openCatalogue(path)).toThrow(withCode('catalogue/corrupt'))
  })

  test('refuses a database of another program', () => {
    const folder = temporaryFolder()
    new Sqlite(join(folder, 'catalogue.sqlite')).exec('CREATE TABLE songs (title TEXT)').close()
    expect(() => openCatalogue(folder)).toThrow(withCode('catalogue/foreign'))
  })

  test('refuses a catalogue of a newer version, whether for reading or for writing', () => {
    const { path, db } = newProject()
    db.pragma(`user_version = ${migrations.length + 1}`)
    expect(() => openCatalogue(path)).toThrow(withCode('catalogue/newer'))
    expect(() => openCatalogue(path, { readonly: true })).toThrow(withCode('catalogue/newer'))
  })

  test('works on a copy of the project folder', () => {
    const { path, db } = surveyProject({ count: 3 })
    appendLabel(db, answerOf(1, 'smooth', 'yes'))
    db.close()
    const copy = join(temporaryFolder(), 'copy')
    cpSync(path, copy, { recursive: true })
    expect(readLabelLog(reopened(copy), { limit: 9 })).toHaveLength(1)
  })
})

describe('migration', () => {
  test('the schema is the one in the snapshot', () => {
    const { db } = newProject()
    const schema = db
      .prepare<[], string>("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type, name")
      .pluck()
      .all()
    expect(schema.join(';\n')).toMatchSnapshot()
  })

  test('of an existing catalogue keeps a whole backup of it first', () => {
    const { path, db } = surveyProject({ count: 3 })
    appendLabel(db, answerOf(1, 'smooth', 'yes'))
    const backup = migrate(db, [...migrations, 'CREATE TABLE later (x INTEGER) STRICT'])!
    expect(catalogueVersion(db)).toBe(migrations.length + 1)
    const old = new Sqlite(backup, { readonly: true })
    expect(catalogueVersion(old)).toBe(migrations.length)
    expect(old.prepare('SELECT count(*) FROM labels').pluck().get()).toBe(1)
    old.close()
    expect(readdirSync(join(path, 'backups'))).toHaveLength(1)
  })

  test('that fails leaves the catalogue at the version before, with nothing of it', () => {
    const { db } = newProject()
    expect(() => migrate(db, [...migrations, 'CREATE TABLE later (x INTEGER) STRICT; SELECT no_such_column FROM later'])).toThrow(
      'no_such_column',
    )
    expect(catalogueVersion(db)).toBe(migrations.length)
    expect(() => db.prepare('SELECT * FROM later')).toThrow('no such table')
  })
})
