import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { JobProgress } from '@shared/contract/job'
import { importReportSchema } from '@shared/contract/requests'
import { abortImport, beginImport } from '@main/catalogue/imports'
import { openCatalogue } from '@main/catalogue/open'
import { importSurvey } from '@main/ingest/import'
import { runImport } from '@main/ingest/run-import'
import { drawImage, errorOf, galaxies, makeFolder, makeProject, rowCounts, votesOf, writeFile, writeTable } from './support'

const bar = 'bar_strong,bar_weak,bar_no,bar_total-votes'

describe('a table', () => {
  test('goes in with ids, positions, votes and metadata', async () => {
    const { path, db } = makeProject('gz-decals-dr5')
    const table = writeTable([`objid,ra,dec,${bar},redshift`, '587732578312454276,200.5,-1.25,1,2.0,3,6,0.08', '587732578312454277,,,,,,,'])
    const report = await runImport(path, { table })
    expect(importReportSchema.parse(report)).toMatchObject({ imported: 2, refusedCount: 0 })
    expect(galaxies(db)).toEqual([
      { id: '587732578312454276', ra_deg: 200.5, dec_deg: -1.25, metadata: '{"redshift":"0.08"}' },
      { id: '587732578312454277', ra_deg: null, dec_deg: null, metadata: '{}' },
    ])
    expect(votesOf(db, 'gz-decals-dr5', '587732578312454276')).toEqual({ bar_strong: 1, bar_weak: 2, bar_no: 3 })
    expect(votesOf(db, 'gz-decals-dr5', '587732578312454277')).toBeNull()
  })

  test('refuses bad rows by their number, and takes the others', async () => {
    const { path, db } = makeProject('gz-decals-dr5')
    await runImport(path, { table: writeTable(['id', 'already-here']) })
    const table = writeTable([
      `id,ra,dec,${bar}`,
      'good-1,1,1,1,1,1,3',
      'negative,1,1,-1,1,1,1',
      'fraction,1,1,0.5,1,1,2.5',
      'total,1,1,1,1,1,4',
      'range,361,1,1,1,1,3',
      'sexagesimal,13:22:00,1,1,1,1,3',
      ',1,1,1,1,1,3',
      'short,1,1',
      'good-1,1,1,2,2,2,6',
      'already-here,1,1,1,1,1,3',
      'nan,1,1,NaN,1,1,2',
      'half,1,,1,1,1,3',
      'good-2,1,1,1,1,1,3',
    ])
    const report = await runImport(path, { table })
    expect(report.refused.map(({ row, id, code }) => [row, id, code])).toEqual([
      [3, 'negative', 'import/negative-votes'],
      [4, 'fraction', 'import/fractional-votes'],
      [5, 'total', 'import/total-mismatch'],
      [6, 'range', 'import/bad-position'],
      [7, 'sexagesimal', 'import/sexagesimal'],
      [8, null, 'import/no-id'],
      [9, 'short', 'import/bad-row'],
      [10, 'good-1', 'import/duplicate-id'],
      [11, 'already-here', 'import/duplicate-id'],
      [12, 'nan', 'import/bad-number'],
      [13, 'half', 'import/bad-position'],
    ])
    expect(report.refused[7]!.message).toContain('an earlier row')
    expect(report.refused[8]!.message).toContain('the project already has')
    expect(galaxies(db).map(({ id }) => id)).toEqual(['already-here', 'good-1', 'good-2'])
    expect(votesOf(db, 'gz-decals-dr5', 'good-1')).toEqual({ bar_strong: 1, bar_weak: 1, bar_no: 1 })
  })

  test('lists the first 1,000 refusals in the report and all of them in a file', async () => {
    const { path } = makeProject('gz-decals-dr5')
    const rows = Array.from({ length: 2_500 }, (_, i) => `"g ""${i}""",${i % 2 === 0 ? -1 : 1},0,0`)
    const report = await runImport(path, { table: writeTable(['id,bar_strong,bar_weak,bar_no', ...rows]) })
    expect([report.imported, report.refusedCount, report.refused.length]).toEqual([1_250, 1_250, 1_000])
    const [name] = readdirSync(join(path, 'logs')).filter((file) => file.endsWith('-refused.csv'))
    const listed = parse(readFileSync(join(path, 'logs', name!)), { columns: true }) as Record<string, string>[]
    expect(listed.length).toBe(1_250)
    expect(listed[1_249]).toMatchObject({ row: '2500', id: 'g "2498"', code: 'import/negative-votes' })
    expect(report.notes.at(-1)).toContain(`1250 × import/negative-votes. All of them are in ${join(path, 'logs', name!)}`)
  })

  test('of which no row can be taken leaves the catalogue as it was', async () => {
    const { path, db } = makeProject('gz-decals-dr5')
    const before = rowCounts(db)
    const report = await runImport(path, { table: writeTable(['id,bar_strong,bar_weak,bar_no', 'a,-1,0,0']) })
    expect([report.imported, report.refusedCount]).toEqual([0, 1])
    expect(rowCounts(db)).toEqual(before)
  })
})

describe('images', () => {
  test('missing and unreadable ones are refused by row, the others go in with their size and pixel scale', async () => {
    const images = makeFolder()
    const jpeg = await drawImage('jpeg')
    writeFile(join(images, 'good.jpg'), jpeg)
    writeFile(join(images, 'cut.jpg'), jpeg.subarray(0, jpeg.length / 2))
    writeFile(join(images, 'empty.jpg'), '')
    const { path, db } = makeProject('gz2')
    const table = writeTable(['id,file_name,pixel_scale', 'A,good.jpg,0.4', 'B,cut.jpg,0.4', 'C,empty.jpg,', 'D,none.jpg,', 'E,,'])
    const report = await runImport(path, { table, images })
    expect(report.refused.map(({ row, id, code }) => [row, id, code])).toEqual([
      [3, 'B', 'import/image-unreadable'],
      [4, 'C', 'import/image-unreadable'],
      [5, 'D', 'import/image-missing'],
    ])
    expect(report.refused[0]!.message).toContain('truncated')
    expect(galaxies(db).map(({ id }) => id)).toEqual(['A', 'E'])
    expect(db.prepare('SELECT view, path, pixel_scale_arcsec, width_px, height_px FROM views').all()).toEqual([
      { view: 1, path: join(images, 'good.jpg'), pixel_scale_arcsec: 0.4, width_px: 64, height_px: 48 },
    ])
  })
  test('are not looked for when no folder is given', async () => {
    const { path } = makeProject('gz2')
    const report = await runImport(path, { table: writeTable(['id,file_name', 'A,none.jpg']) })
    expect([report.imported, report.refusedCount]).toEqual([1, 0])
    expect(report.notes.join(' ')).toContain('no folder of images was given (--images)')
  })
  test('are found by id when no column names them', async () => {
    const images = makeFolder()
    writeFile(join(images, 'A.png'), await drawImage('png'))
    const { path, db } = makeProject('gz2')
    const report = await runImport(path, { table: writeTable(['id', 'A', 'B']), images })
    expect(report.refused.map(({ id, code }) => [id, code])).toEqual([['B', 'import/image-missing']])
    expect(db.prepare('SELECT path FROM views').pluck().all()).toEqual([join(images, 'A.png')])
  })
  test('alone make a survey: the id is the name, and a name that comes twice is refused', async () => {
    const images = makeFolder()
    for (const [i, name] of ['b/g2.jpg', 'g10.jpg', 'g1.png', 'b/g1.jpg'].entries())
      writeFile(join(images, name), await drawImage(name.endsWith('png') ? 'png' : 'jpeg', i))
    const { path, db } = makeProject('gz2')
    const report = await runImport(path, { images, pixelScale: '0.262' })
    expect(galaxies(db).map(({ id }) => id)).toEqual(['g1', 'g2', 'g10'])
    expect(report.refused).toMatchObject([{ row: null, id: 'g1', code: 'import/duplicate-id' }])
    expect(report.refused[0]!.message).toContain(join(images, 'g1.png'))
    expect(db.prepare('SELECT DISTINCT pixel_scale_arcsec FROM views').pluck().all()).toEqual([0.262])
  })
})

describe('an import that cannot be done', () => {
  test.each([
    ['a misspelt vote column', ['id,bar_strong,bar_week,bar_no', 'A,1,2,3'], {}, 'import/unknown-vote-column'],
    ['a missing vote column', ['id,bar_strong,bar_no', 'A,1,3'], {}, 'import/missing-vote-column'],
    ['a named column that is not there', ['id,bar_strong,bar_weak,bar_no', 'A,1,2,3'], { idColumn: 'objid' }, 'import/missing-column'],
    ['no id', ['ra,dec', '1,2'], {}, 'import/no-id-column'],
    ['a folder of images that is not there', ['id', 'A'], { images: '/nowhere/at-all' }, 'import/no-images'],
    [
      'a quote that is never closed, behind rows already written',
      ['id', ...Array.from({ length: 6_000 }, (_, i) => `g${i}`), '"open'],
      {},
      'import/bad-table',
    ],
  ] as const)('%s leaves the catalogue as it was', async (_, lines, params, code) => {
    const { path, db } = makeProject('gz-decals-dr5')
    await runImport(path, { table: writeTable(['id', 'kept']) })
    const before = rowCounts(db)
    expect((await errorOf(runImport(path, { table: writeTable(lines), ...params }))).code).toBe(code)
    expect(rowCounts(db)).toEqual(before)
    expect(readdirSync(join(path, 'logs'))).toEqual([])
  })
  test('nothing to import is an error', async () =>
    expect((await errorOf(runImport(makeProject('gz2').path, {}))).code).toBe('import/nothing'))
  test('a column named without a table is an error', async () => {
    const error = await errorOf(runImport(makeProject('gz2').path, { images: makeFolder(), idColumn: 'id' }))
    expect(error.code).toBe('import/missing-column')
  })
})

describe('while an import runs', () => {
  const manyRows = ['id,bar_strong,bar_weak,bar_no', ...Array.from({ length: 30_000 }, (_, i) => `g${i},1,2,3`)]

  /** A clock on which every 250th row is told of, however fast the machine is. */
  function slowClock(): void {
    let now = performance.now()
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => ++now)
    onTestFinished(() => clock.mockRestore())
  }

  test('nothing of it is visible, and other connections write in between', async () => {
    const { path, db } = makeProject('gz-decals-dr5')
    const own = openCatalogue(path)
    const seen = new Set<number>()
    let written = 0
    slowClock()
    const report = await importSurvey(
      own,
      { table: writeTable(manyRows) },
      {
        onProgress: ({ done, total }) => {
          if (done === 0 || done >= total) return
          seen.add(galaxies(db).length)
          written += db.prepare("INSERT INTO settings (name, value) VALUES (?, '1')").run(`while-${done}`).changes
        },
      },
    )
    own.close()
    expect(report.imported).toBe(30_000)
    expect([...seen]).toEqual([0])
    expect(written).toBeGreaterThan(0)
    expect(galaxies(db).length).toBe(30_000)
  })

  test('progress counts to the end', async () => {
    const { path } = makeProject('gz-decals-dr5')
    const reports: JobProgress[] = []
    await runImport(path, { table: writeTable(manyRows) }, { onProgress: (progress) => reports.push(progress) })
    expect(reports[0]).toMatchObject({ done: 0, total: 30_000, secondsLeft: null })
    expect(reports.at(-1)).toMatchObject({ done: 30_000, total: 30_000, secondsLeft: 0 })
    expect(reports.every(({ done }, i) => i === 0 || done >= reports[i - 1]!.done)).toBe(true)
  })

  test('cancelling it leaves nothing', async () => {
    const { path, db } = makeProject('gz-decals-dr5')
    const before = rowCounts(db)
    const cancel = new AbortController()
    let wasWritten = 0
    slowClock()
    const onProgress = ({ done }: JobProgress) => {
      if (done < 5_000) return
      wasWritten = rowCounts(db).all_galaxies!
      cancel.abort()
    }
    const error = await errorOf(
      runImport(
        path,
        { table: writeTable(['id,bar_strong,bar_weak,bar_no,note', 'bad,-1,0,0,x', ...manyRows.slice(1).map((row) => `${row},x`)]) },
        { onProgress, signal: cancel.signal },
      ),
    )
    expect(error.code).toBe('job/cancelled')
    expect(wasWritten).toBeGreaterThan(0)
    expect(rowCounts(db)).toEqual(before)
    expect(readdirSync(join(path, 'logs'))).toEqual([])
  })

  test('a second one into the project is refused, and can be done when the first has ended', async () => {
    const { path, db } = makeProject('gz-decals-dr5')
    const table = writeTable(['id', 'A'])
    const running = beginImport(db, {})
    expect((await errorOf(runImport(path, { table }))).code).toBe('import/running')
    abortImport(db, running)
    expect((await runImport(path, { table })).imported).toBe(1)
  })
})

test('paths of the project folder itself are kept relative', async () => {
  const { path, db } = makeProject('gz2')
  writeFile(join(path, 'cutouts', 'A.jpg'), await drawImage('jpeg'))
  await runImport(path, { images: join(path, 'cutouts') })
  expect(existsSync(join(path, 'cutouts', basename('A.jpg')))).toBe(true)
  expect(db.prepare('SELECT path FROM views').pluck().all()).toEqual(['cutouts/A.jpg'])
})
