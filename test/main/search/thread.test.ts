import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { appendLabel } from '@main/catalogue/labels'
import type { WritableDb } from '@main/catalogue/open'
import { projectTree } from '@main/catalogue/trees'
import { ensureVoteSet } from '@main/catalogue/votes'
import { searchIn, type ProjectSearch } from '@main/search/project-search'
import { buildEntry } from '../build-entry'
import { answerOf, newProject, nextUuid, surveyProject, temporaryFolder } from '../catalogue/support'
import { found, mixedProject, request, searchOf } from './support'

let thread = ''
beforeAll(async () => {
  thread = await buildEntry(resolve('.'), 'search/entry.ts')
})
afterAll(() => rmSync(dirname(thread), { recursive: true, force: true }))

const open: ProjectSearch[] = []
afterEach(async () => {
  for (const search of open.splice(0)) await search.close()
})

function inThread(path: string, entry = thread): ProjectSearch {
  const search = searchIn(entry, path)
  open.push(search)
  return search
}

/** A million galaxies with votes, written by SQLite itself: an import of as many takes a minute. */
function fillMillion(db: WritableDb): void {
  const voteSet = ensureVoteSet(db, 'recorded', projectTree(db).version).key
  db.pragma('synchronous = OFF')
  db.exec(`
    INSERT INTO imports (import_key, params, started_at, completed_at, report, galaxies) VALUES (1, '{}', 'now', 'now', '{}', 1000000);
    WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 1000000)
    INSERT INTO all_galaxies (galaxy_key, id, ra_deg, dec_deg, import_key, metadata)
      SELECT i, format('g%07d', i), (i * 7.77) % 360, (i * 3.33) % 180 - 90, 1, '{}' FROM numbers;
    INSERT INTO all_votes (vote_set_key, galaxy_key, counts, import_key)
      SELECT ${voteSet}, galaxy_key, randomblob(18), 1 FROM all_galaxies ORDER BY galaxy_key;`)
  db.pragma('synchronous = FULL')
}

/** What this thread may compute beside saving labels, of what the process computes: it was a hundredth, and 0.7 with the search in this thread. */
const MOST_OF_THIS_THREAD = 0.1
const sumUs = ({ user, system }: NodeJS.CpuUsage) => user + system

test('labels are saved while a million galaxies are read, filtered and sorted', async () => {
  const { path, db } = newProject()
  fillMillion(db)
  const search = inThread(path)
  let [saved, savingUs] = [0, 0]
  const saving = setInterval(() => {
    const before = process.threadCpuUsage()
    appendLabel(db, { uuid: nextUuid(), galaxyKey: 1 + saved++, kind: 'note', note: 'a tidal tail', annotator: 'ada' })
    savingUs += sumUs(process.threadCpuUsage(before))
  }, 5)
  const [thisThread, allThreads] = [process.threadCpuUsage(), process.cpuUsage()]
  const sorts = ['smooth_yes', 'ra', 'bar_no', 'id']
  try {
    for (const sort of sorts) {
      const before = saved
      const { count } = await search.ask({ kind: 'search', request: request('votes(smooth) > 0 or dec > 0', sort, true) })
      expect(count).toBe(1_000_000)
      expect(saved, sort).toBeGreaterThan(before)
    }
  } finally {
    clearInterval(saving)
  }
  // Not how long anything takes, which is another thing on a machine that does four others.
  const besideSavingUs = sumUs(process.threadCpuUsage(thisThread)) - savingUs
  expect(besideSavingUs / sumUs(process.cpuUsage(allThreads))).toBeLessThan(MOST_OF_THIS_THREAD)
})

test('the thread answers as this thread would', async () => {
  const { path, db } = mixedProject(500)
  appendLabel(db, answerOf(3, 'smooth', 'yes'))
  const search = inThread(path)
  const here = searchOf(path)
  const { resultId, ...answer } = await search.ask({ kind: 'search', request: request('smooth_yes > 0.3', 'ra') })
  const keys = await found(here, 'smooth_yes > 0.3', 'ra')
  expect(answer).toMatchObject({ count: keys.length, usesVotes: true, labelSequence: 1 })
  const page = await search.ask({ kind: 'rows', resultId, request: { offset: 10, limit: 20, columns: 'smooth_yes, survey' } })
  expect(page.rows.map(({ galaxyKey }) => galaxyKey)).toEqual(keys.slice(10, 30))
  expect(await search.ask({ kind: 'around', resultId, galaxyKey: keys[7]! })).toEqual({
    place: 7,
    previous: keys[6],
    next: keys[8],
    count: keys.length,
  })
  expect(await search.ask({ kind: 'columns' })).toEqual(await here.columns())
})

test('questions are answered side by side, and errors come with their code', async () => {
  const { path } = mixedProject(200)
  const search = inThread(path)
  const asked = await Promise.allSettled([
    search.ask({ kind: 'search', request: request('redshift > 1') }),
    search.ask({ kind: 'search', request: request('redshift >') }),
    search.ask({ kind: 'search', request: request('red_shift > 1') }),
    search.ask({ kind: 'rows', resultId: 'none', request: { offset: 0, limit: 1, columns: '' } }),
  ])
  expect(asked[0]).toMatchObject({ status: 'fulfilled' })
  const reasons = asked.slice(1).map((outcome) => outcome.status === 'rejected' && (outcome.reason as { code: string }).code)
  expect(reasons).toEqual(['filter/syntax', 'filter/unknown-column', 'search/gone'])
})

test('a project that cannot be read is an answer too', async () => {
  await expect(inThread(temporaryFolder()).ask({ kind: 'columns' })).rejects.toMatchObject({ name: 'AppError', code: 'catalogue/missing' })
})

test('a thread that dies is an error for those who wait, and the next question starts another', async () => {
  const { path } = surveyProject({ count: 5 })
  // Beside the built thread, where its packages are found: it ends itself when it walks over the imported columns.
  const dying = join(dirname(thread), 'dying.mjs')
  writeFileSync(
    dying,
    `import Sqlite from 'better-sqlite3'
     const { prepare } = Sqlite.prototype
     Sqlite.prototype.prepare = function (sql) {
       if (sql.includes('metadata FROM galaxies')) process.exit(3)
       return prepare.call(this, sql)
     }
     await import(${JSON.stringify(thread)})`,
  )
  const search = inThread(path, dying)
  expect((await search.ask({ kind: 'search', request: request('') })).count).toBe(5)
  await expect(search.ask({ kind: 'columns' })).rejects.toMatchObject({
    code: 'search/died',
    message: expect.stringContaining('exit code 3'),
  })
  expect((await search.ask({ kind: 'search', request: request('') })).count).toBe(5)
})

test('a thread that answers nonsense fails what was asked, and the next question starts another', async () => {
  const confused = join(temporaryFolder(), 'confused.mjs')
  writeFileSync(
    confused,
    `import { parentPort } from 'node:worker_threads'
     parentPort.on('message', ({ kind, number, task }) => {
       if (kind === 'close') parentPort.close()
       else if (task.kind === 'columns') parentPort.postMessage('hello')
       else parentPort.postMessage({ kind: 'answer', number, result: task.kind === 'prepare' ? null : 5 })
     })`,
  )
  const search = inThread('', confused)
  await expect(search.ask({ kind: 'check', request: request('') })).rejects.toThrow(/expected object/)
  const asked = await Promise.allSettled([search.ask({ kind: 'columns' }), search.ask({ kind: 'columns' })])
  const died = { reason: { code: 'search/died', cause: { message: expect.stringContaining('unexpected message') } } }
  expect(asked).toMatchObject([died, died])
  expect(await search.ask({ kind: 'prepare' })).toBeNull()
})

test('closing ends the thread: the catalogue can be taken away', async () => {
  const { path, db } = surveyProject({ count: 5 })
  const search = inThread(path)
  await search.ask({ kind: 'columns' })
  await search.close()
  await search.close()
  // Nobody else has it open: SQLite gives the log back to the file when the last connection goes.
  expect(db.pragma('wal_checkpoint(TRUNCATE)', { simple: true })).toBe(0)
})
