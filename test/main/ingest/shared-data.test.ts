import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runImport } from '@main/ingest/run-import'
import { galaxies, makeProject, votesOf } from './support'

/** Galaxies and votes of real surveys, beside the checkout where they are there; without them these tests are shown as skipped. */
const data = resolve('../shared/data')

describe.skipIf(!existsSync(join(data, 'gz2')))('GZ2: 698 galaxies with votes and images', () => {
  test('all go in, with the votes of the table', async () => {
    const { path, db } = makeProject('gz2')
    const report = await runImport(path, { table: join(data, 'gz2/gz2_votes.csv'), images: join(data, 'gz2/images') })
    expect([report.imported, report.refusedCount]).toEqual([698, 0])
    expect(db.prepare('SELECT width_px, height_px, count(*) AS n FROM views GROUP BY 1, 2').all()).toEqual([
      { width_px: 424, height_px: 424, n: 698 },
    ])
    expect(votesOf(db, 'gz2', '587732578312454276')).toEqual({
      'smooth-or-featured_smooth': 32,
      'smooth-or-featured_featured-or-disk': 5,
      'smooth-or-featured_artifact': 1,
      'disk-edge-on_no': 5,
      'has-spiral-arms_yes': 1,
      'has-spiral-arms_no': 4,
      bar_yes: 1,
      bar_no: 4,
      'bulge-size_dominant': 1,
      'bulge-size_obvious': 1,
      'bulge-size_just-noticeable': 3,
      'something-odd_yes': 2,
      'something-odd_no': 35,
      'how-rounded_round': 15,
      'how-rounded_in-between': 17,
      'spiral-winding_tight': 1,
      'spiral-arm-count_4': 1,
      'odd-feature_other': 2,
    })
    expect(report.notes.join(' ')).toContain('11 of 11 questions of gz2')
  })
  test('Zoobot’s simpler tree takes its questions and keeps the others apart', async () => {
    const { path, db } = makeProject('gz2-zoobot')
    const report = await runImport(path, { table: join(data, 'gz2/gz2_votes.csv') })
    expect(report.imported).toBe(698)
    expect(votesOf(db, 'gz2', '587732578312454276')).toEqual({ 'odd-feature_other': 2 })
    expect(votesOf(db, 'gz2-zoobot', '587732578312454276')).toMatchObject({ bar_yes: 1, 'something-odd_no': 35 })
  })
})

describe.skipIf(!existsSync(join(data, 'pool')))('the pool: 899 galaxies without votes', () => {
  test.each([
    ['the folder alone', {}],
    ['the table', { table: join(data, 'pool/pool.csv') }],
  ])('all go in by %s', async (_, params) => {
    const { path, db } = makeProject('gz2')
    const report = await runImport(path, { images: join(data, 'pool/images'), ...params })
    expect([report.imported, report.refusedCount]).toEqual([899, 0])
    expect(galaxies(db).map(({ id }) => id)).toContain('591817')
    expect(db.prepare('SELECT count(*) FROM views').pluck().get()).toBe(899)
    expect(db.prepare('SELECT count(*) FROM votes').pluck().get()).toBe(0)
  })
})

describe.skipIf(!existsSync(join(data, 'rings')))('rings: 322 galaxies with one vote each', () => {
  test('168 have a ring', async () => {
    const { path, db } = makeProject('rings')
    const report = await runImport(path, { table: join(data, 'rings/rings.csv'), images: join(data, 'rings/images') })
    expect([report.imported, report.refusedCount]).toEqual([322, 0])
    expect(galaxies(db).filter(({ id }) => votesOf(db, 'rings', id)?.ring_yes === 1).length).toBe(168)
    expect(galaxies(db).filter(({ id }) => votesOf(db, 'rings', id)?.ring_no === 1).length).toBe(154)
  })
})

describe.skipIf(!existsSync(join(data, 'decals')))('DECaLS: 7,884 rows of votes', () => {
  test('56 repeated ids are refused and merging, asked in the version of DR12, is kept apart', async () => {
    const { path, db } = makeProject('gz-decals-dr5')
    const report = await runImport(path, { table: join(data, 'decals/decals_votes.csv') })
    expect([report.imported, report.refusedCount]).toEqual([7_828, 56])
    expect(new Set(report.refused.map(({ code }) => code))).toEqual(new Set(['import/duplicate-id']))
    const notes = report.notes.join('\n')
    expect(notes).toContain('"subject_id" could be taken instead (--id)')
    expect(notes).toContain('merging counts as not asked for 1,398 galaxies')
    expect(notes).toContain('Answers of another tree (gz-decals-dr12) are kept apart as the vote set "v1"')
    const ids = db
      .prepare<[], string>(`SELECT id FROM galaxies JOIN votes USING (galaxy_key) GROUP BY galaxy_key HAVING count(*) = 2`)
      .pluck()
      .all()
    expect(ids.length).toBe(1_398)
    for (const id of ids.slice(0, 50)) {
      expect(Object.keys(votesOf(db, 'gz-decals-dr5', id)!).filter((name) => name.startsWith('merging'))).toEqual([])
      expect(votesOf(db, 'gz-decals-dr12', id, 'v1')).toHaveProperty('merging_neither')
    }
  })
  test('a project of the tree that was asked in the other version takes them as well', async () => {
    const { path, db } = makeProject('gz-decals-dr12')
    const report = await runImport(path, { table: join(data, 'decals/decals_votes.csv') })
    expect([report.imported, report.refusedCount]).toEqual([7_828, 56])
    expect(votesOf(db, 'gz-decals-dr12', 'J112049.29+002324.6')).toMatchObject({ merging_merger: 5, merging_neither: 17 })
  })
  test('by subject every row goes in', async () => {
    const { path } = makeProject('gz-decals-dr5')
    const report = await runImport(path, { table: join(data, 'decals/decals_votes.csv'), idColumn: 'subject_id' })
    expect([report.imported, report.refusedCount]).toEqual([7_884, 0])
    expect(report.notes.join('\n')).toContain('merging counts as not asked for 1,418 galaxies')
  })
  test('the tree of GZ2 takes the questions that it asks in the same way', async () => {
    const { path } = makeProject('gz2')
    const { notes } = await runImport(path, { table: join(data, 'decals/decals_votes.csv') })
    expect(notes.join('\n')).toMatch(/without columns, so not asked: bar, bulge-size, something-odd, how-rounded/)
    expect(notes.join('\n')).toContain('Answers of another tree (gz-decals-dr5)')
  })
})
