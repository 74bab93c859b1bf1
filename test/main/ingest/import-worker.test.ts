import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobProgress } from '@shared/contract/job'
import { appendLabel } from '@main/catalogue/labels'
import { openCatalogue } from '@main/catalogue/open'
import { runImportIn } from '@main/ingest/run-import'
import { buildEntry } from '../build-entry'
import { errorOf, galaxies, makeFolder, makeProject, rowCounts, writeTable } from './support'

let worker = ''
beforeAll(async () => {
  worker = await buildEntry(resolve('.'), 'catalogue-thread/entry.ts')
})
afterAll(() => rmSync(dirname(worker), { recursive: true, force: true }))

const rows = (count: number) => ['id,bar_strong,bar_weak,bar_no', ...Array.from({ length: count }, (_, i) => `g${i},1,2,3`)]
const manyRows = rows(40_000)
/** So many that it is told how far the thread is, and that it hears of the end that was meant for it, before it is done. */
const MORE_ROWS = 200_000

test('the thread imports while labels are saved here', async () => {
  const { path, db } = makeProject('gz-decals-dr5')
  await runImportIn(worker, { projectPath: path, params: { table: writeTable(['id', 'first']) } })
  const galaxyKey = db.prepare<[], number>('SELECT galaxy_key FROM galaxies').pluck().get()!
  let saved = 0
  const save = () => {
    appendLabel(db, { uuid: randomUUID(), galaxyKey, kind: 'answer', question: 'smooth-or-featured', answer: 'smooth', annotator: 'ann' })
    saved++
  }
  const labelling = setInterval(save, 20)
  const progress: JobProgress[] = []
  const visible = new Set<number>()
  const report = await runImportIn(
    worker,
    { projectPath: path, params: { table: writeTable(manyRows) } },
    {
      onProgress: (now) => {
        progress.push(now)
        if (now.done < now.total) visible.add(galaxies(db).length)
      },
    },
  )
  clearInterval(labelling)
  expect(report).toMatchObject({ imported: 40_000, refusedCount: 0 })
  expect(progress.at(-1)).toMatchObject({ done: 40_000, total: 40_000 })
  // All or none: what is said of the middle of the import may be read after its end.
  expect(visible.size).toBeGreaterThan(0)
  expect([1, 40_001]).toEqual(expect.arrayContaining([...visible]))
  expect(galaxies(db).length).toBe(40_001)
  expect(saved).toBeGreaterThan(0)
  expect(rowCounts(db).labels).toBe(saved)
})

test('cancelling the thread leaves nothing', async () => {
  const { path, db } = makeProject('gz-decals-dr5')
  const before = rowCounts(db)
  const cancel = new AbortController()
  const onProgress = ({ done }: JobProgress) => {
    if (done > 0) cancel.abort()
  }
  const error = await errorOf(
    runImportIn(worker, { projectPath: path, params: { table: writeTable(rows(MORE_ROWS)) } }, { onProgress, signal: cancel.signal }),
  )
  expect(error.code).toBe('job/cancelled')
  expect(rowCounts(db)).toEqual(before)
})

test('a signal that was given before the start cancels too', async () => {
  const { path, db } = makeProject('gz-decals-dr5')
  const error = await errorOf(
    runImportIn(worker, { projectPath: path, params: { table: writeTable(manyRows) } }, { signal: AbortSignal.abort() }),
  )
  expect(error.code).toBe('job/cancelled')
  expect(galaxies(db)).toEqual([])
})

test('errors come out of the thread with their code', async () => {
  const { path } = makeProject('gz-decals-dr5')
  const error = await errorOf(runImportIn(worker, { projectPath: path, params: { table: writeTable(['id,bar_week', 'A,1']) } }))
  expect(error).toMatchObject({ name: 'AppError', code: 'import/unknown-vote-column' })
})

test('a thread that dies is an error, and the next open removes what it wrote', async () => {
  const { path, db } = makeProject('gz-decals-dr5')
  const before = rowCounts(db)
  const dying = join(makeFolder(), 'dying.mjs')
  // The built thread, which ends itself in the middle: once a file says so.
  writeFileSync(
    dying,
    `import { workerData } from 'node:worker_threads'
     import { existsSync } from 'node:fs'
     const flag = workerData.params.images
     delete workerData.params.images
     setInterval(() => { if (existsSync(flag)) process.exit(7) }, 1)
     await import(${JSON.stringify(worker)})`,
  )
  expect(before.all_galaxies).toBe(0)
  const flag = join(makeFolder(), 'die')
  const onProgress = ({ done }: JobProgress) => {
    if (done > 0) writeFileSync(flag, '')
  }
  const error = await errorOf(
    runImportIn(dying, { projectPath: path, params: { table: writeTable(rows(MORE_ROWS)), images: flag } }, { onProgress }),
  )
  expect(error.code).toBe('import/died')
  expect(rowCounts(db)).toMatchObject({ imports: 1 })
  expect(rowCounts(db).all_galaxies).toBeGreaterThan(0)
  openCatalogue(path).close()
  expect(rowCounts(db)).toEqual(before)
})
