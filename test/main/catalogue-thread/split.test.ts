import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runWorkIn } from '@main/catalogue-thread/run'
import { appendLabel } from '@main/catalogue/labels'
import type { WritableDb } from '@main/catalogue/open'
import { splitSurvey } from '@main/catalogue/splits'
import { buildEntry } from '../build-entry'
import { importRows, newProject, nextUuid, row, surveyProject, temporaryFolder } from '../catalogue/support'

let thread = ''
beforeAll(async () => {
  thread = await buildEntry(resolve('.'), 'catalogue-thread/entry.ts')
})
afterAll(() => rmSync(dirname(thread), { recursive: true, force: true }))

const VOTES = [30, 8, 2, 3, 5, 1, 4, 2, 38]
const request = { test: 0.2, initial: 0.25, seed: 5 }

/** Everything a split writes, but for the times. */
const written = (db: WritableDb) =>
  ['held_out', 'acquisitions', 'revealed_votes', 'rounds', 'test_draws', 'settings'].map((table) => {
    const rows = db.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table}`).all()
    return rows.filter(({ name }) => name !== 'split' && name !== 'device').map((entry) => ({ ...entry, opened_at: 0, closed_at: 0 }))
  })

test('the thread splits as this thread would, while labels are saved here', async () => {
  const there = surveyProject({ count: 20_000, votes: () => VOTES })
  const here = surveyProject({ count: 20_000, votes: () => VOTES })
  let saved = 0
  const save = () => {
    appendLabel(there.db, { uuid: nextUuid(), galaxyKey: 1, kind: 'note', note: 'a tidal tail', annotator: 'ada' })
    saved++
  }
  const labelling = setInterval(save, 5)
  const outcome = await runWorkIn(thread, { kind: 'split', projectPath: there.path, request })
  clearInterval(labelling)
  expect(saved).toBeGreaterThan(0)
  expect(outcome).toEqual(splitSurvey(here.db, request))
  expect(outcome).toEqual({ test: 4_000, initial: 4_000, revealed: 4_000 })
  expect(written(there.db)).toEqual(written(here.db))
})

test('errors come out of the thread with their code', async () => {
  const { path, db } = newProject()
  importRows(db, [row('a', { image: null })])
  await expect(runWorkIn(thread, { kind: 'split', projectPath: path, request })).rejects.toMatchObject({
    name: 'AppError',
    code: 'split/no-images',
  })
})

test('of two splits at once one is made and the other refused', async () => {
  const { path, db } = surveyProject({ count: 200 })
  const outcomes = await Promise.allSettled(
    [1, 2].map((seed) => runWorkIn(thread, { kind: 'split', projectPath: path, request: { ...request, seed } })),
  )
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'split/exists' } })
  expect(db.prepare('SELECT count(*) FROM held_out').pluck().get()).toBe(40)
})

test.each(["'hello'", "{ kind: 'done', result: 5 }", "{ kind: 'progress', progress: 5 }"])(
  'a thread that says %s is an error',
  async (words) => {
    const confused = join(temporaryFolder(), 'confused.mjs')
    writeFileSync(confused, `import { parentPort } from 'node:worker_threads'\nparentPort.postMessage(${words})`)
    await expect(runWorkIn(confused, { kind: 'split', projectPath: '', request })).rejects.toThrow(/unexpected message|expected object/)
  },
)

test('a thread that dies in the middle of writing is an error and leaves nothing', async () => {
  const { path, db } = surveyProject({ count: 100, votes: () => VOTES })
  const before = written(db)
  // Beside the built thread, where its packages are found: it ends itself when the test set and round 0 are written, but not committed.
  const dying = join(dirname(thread), 'dying.mjs')
  writeFileSync(
    dying,
    `import Sqlite from 'better-sqlite3'
     const { prepare } = Sqlite.prototype
     Sqlite.prototype.prepare = function (sql) {
       if (sql.includes('INSERT INTO revealed_votes')) process.exit(this.prepare('SELECT count(*) FROM acquisitions').pluck().get())
       return prepare.call(this, sql)
     }
     await import(${JSON.stringify(thread)})`,
  )
  const work = runWorkIn(dying, { kind: 'split', projectPath: path, request })
  await expect(work).rejects.toMatchObject({ code: 'split/died', message: expect.stringContaining('Exit code 20') })
  expect(written(db)).toEqual(before)
  expect(splitSurvey(db, request)).toMatchObject({ test: 20 })
})
