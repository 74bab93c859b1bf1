import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkCatalogue } from '@main/catalogue/check'
import { findGalaxy, listGalaxies, readGalaxy } from '@main/catalogue/galaxies'
import { abortImport, beginImport, completeImport, IMPORT_BATCH, insertImportBatch, readImports } from '@main/catalogue/imports'
import { splitSurvey } from '@main/catalogue/splits'
import { readSummary } from '@main/catalogue/summary'
import { projectTree } from '@main/catalogue/trees'
import { readImages, readView } from '@main/catalogue/views'
import { chooseVoteSet, decodeCounts, encodeCounts, ensureVoteSet, projectVoteSet, recordedVotes } from '@main/catalogue/votes'
import { emptyReport, importRows, newProject, row, surveyProject } from './support'

const withCode = (code: string) => expect.objectContaining({ code }) as Error

describe('a running import', () => {
  test('shows nothing through any reader until it is complete, then all of it', () => {
    const { db } = newProject()
    const voteSetKey = ensureVoteSet(db, 'recorded', projectTree(db).version).key
    const running = beginImport(db, { table: 'survey.csv' })
    insertImportBatch(db, running, [
      row('a', { votes: [{ voteSetKey, counts_A: [3, 2, 0, 1, 1, 0, 1, 0, 5] }] }),
      row('b', { image: null }),
    ])
    const seen = () => [
      listGalaxies(db, 0, 9).length,
      [...readImages(db)].length,
      recordedVotes(db, 1).length,
      Number(projectVoteSet(db) !== null),
    ]
    expect(seen()).toEqual([0, 0, 0, 0])
    expect(findGalaxy(db, 'a')).toBeNull()
    expect(() => readView(db, 1)).toThrow(withCode('galaxy/unknown'))
    completeImport(db, running, { ...emptyReport, imported: 2 })
    expect(seen()).toEqual([2, 1, 1, 1])
    expect(readSummary(db)).toMatchObject({ hasVotes: true, counts: { galaxies: 2, withImages: 1, withVotes: 1, pool: 2, labelled: 0 } })
    expect(readImports(db)).toMatchObject([{ params: { table: 'survey.csv' }, report: { imported: 2 } }])
  })

  test('that is aborted leaves the catalogue as it was, vote sets included', () => {
    const { db } = surveyProject({ count: 2 })
    const running = beginImport(db, {})
    const voteSetKey = ensureVoteSet(db, 'new', projectTree(db).version).key
    insertImportBatch(db, running, [row('late', { votes: [{ voteSetKey, counts_A: [1, 0, 0, 0, 0, 0, 0, 0, 0] }] })])
    abortImport(db, running)
    const left = ['all_galaxies', 'all_views', 'all_votes', 'vote_sets', 'imports'].map((table) =>
      db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
    )
    expect(left).toEqual([2, 2, 0, 0, 1])
    importRows(db, [row('late')])
    expect(listGalaxies(db, 0, 9)).toHaveLength(3)
  })

  test('is the only one; the next begins when it has ended', () => {
    const { db } = newProject()
    const running = beginImport(db, {})
    expect(() => beginImport(db, {})).toThrow(withCode('import/running'))
    completeImport(db, running, emptyReport)
    abortImport(db, beginImport(db, {}))
  })

  test('names the rows whose id is already there, and takes the others', () => {
    const { db } = surveyProject({ count: 1 })
    const running = beginImport(db, {})
    expect(insertImportBatch(db, running, [row('new'), row('g1'), row('new')])).toEqual({ duplicates: [1, 2] })
    completeImport(db, running, emptyReport)
    expect(listGalaxies(db, 0, 9).map(({ id }) => id)).toEqual(['g1', 'new'])
  })

  test('refuses a batch that would hold up labels', () => {
    const { db } = newProject()
    const running = beginImport(db, {})
    const rows = Array.from({ length: IMPORT_BATCH + 1 }, (_, i) => row(`g${i}`))
    expect(() => insertImportBatch(db, running, rows)).toThrow('at most 5000')
    abortImport(db, running)
  })
})

describe('what is kept of a galaxy', () => {
  test('an id of 18 digits, an unknown position, and its other columns come back as they were', () => {
    const { db } = newProject()
    importRows(db, [row('587722981741363294', { metadata: { petroR90_r: '12.10', note: 'é' } }), row('007', { raDeg: 0, decDeg: -90 })])
    expect(readGalaxy(db, 1)).toEqual({
      key: 1,
      id: '587722981741363294',
      raDeg: null,
      decDeg: null,
      metadata: { petroR90_r: '12.10', note: 'é' },
    })
    expect(findGalaxy(db, '007')).toMatchObject({ key: 2, raDeg: 0, decDeg: -90 })
    expect(findGalaxy(db, '7')).toBeNull()
  })

  test('an image inside the project moves with it; one outside keeps its place', () => {
    const { path, db } = newProject()
    const image = (file: string) => ({ path: file, pixelScaleArcsec: null, widthPx: 9, heightPx: 9, checksum: 'c' })
    importRows(db, [
      row('inside', { image: image(join(path, 'cutouts', 'a.jpg')) }),
      row('outside', { image: image('/data/b.jpg') }),
      row('none', { image: null }),
    ])
    expect(db.prepare('SELECT path FROM views').pluck().all()).toEqual(['cutouts/a.jpg', '/data/b.jpg'])
    expect([...readImages(db)].map((view) => view.path)).toEqual([join(path, 'cutouts', 'a.jpg'), '/data/b.jpg'])
    expect(readView(db, 1)).toMatchObject({ galaxyId: 'inside', view: 1, pixelScaleArcsec: null })
    expect(() => readView(db, 3)).toThrow(withCode('view/unknown'))
  })
})

describe('votes', () => {
  test('are kept as 16-bit counts, from 0 to 65,535', () => {
    const counts = [0, 1, 255, 256, 65_535]
    expect(encodeCounts(counts).toString('hex')).toBe('00000100ff000001ffff')
    expect([...decodeCounts(encodeCounts(counts))]).toEqual(counts)
  })

  test.each([-1, 0.5, 65_536, Number.NaN])('that are %s are refused', (count) => {
    expect(() => encodeCounts([count])).toThrow('no vote count')
  })

  test('of another number of answers than the tree has are refused', () => {
    const { db } = newProject()
    const running = beginImport(db, {})
    const voteSetKey = ensureVoteSet(db, 'recorded', projectTree(db).version).key
    expect(() => insertImportBatch(db, running, [row('a', { votes: [{ voteSetKey, counts_A: [1, 2] }] })])).toThrow(
      '2 counts for a tree of 9 answers',
    )
    abortImport(db, running)
  })

  test('of several campaigns stay apart: training uses the first, or the one chosen', () => {
    const { db } = newProject()
    const { version } = projectTree(db)
    const [first, second] = [ensureVoteSet(db, 'dr5', version), ensureVoteSet(db, 'dr8', version)]
    expect(ensureVoteSet(db, 'dr5', version)).toEqual(first)
    const vote = (key: number, smooth: number) => ({ voteSetKey: key, counts_A: [smooth, 0, 0, 0, 0, 0, 0, 0, 0] })
    importRows(db, [row('a', { votes: [vote(first.key, 3), vote(second.key, 7)] })])
    expect(projectVoteSet(db)).toEqual(first)
    chooseVoteSet(db, second.key)
    expect(projectVoteSet(db)).toEqual(second)
    expect(recordedVotes(db, 1).map(({ campaign, votes }) => [campaign, votes.smooth_yes])).toEqual([
      ['dr5', 3],
      ['dr8', 7],
    ])
    expect(() => chooseVoteSet(db, 99)).toThrow(withCode('votes/other-tree'))
  })
})

describe('galaxies imported after the split', () => {
  test('join the pool, but one beside a test galaxy is excluded and the test set stays as it was', () => {
    const { db } = newProject()
    const at = (id: string, raDeg: number) => row(id, { raDeg, decDeg: 10 })
    importRows(
      db,
      Array.from({ length: 20 }, (_, i) => at(`g${i + 1}`, i)),
    )
    splitSurvey(db, { test: 5, initial: 2, seed: 1 })
    const test = db
      .prepare<[], [number, number]>("SELECT galaxy_key, ra_deg FROM held_out JOIN galaxies USING (galaxy_key) WHERE side = 'test'")
      .raw()
      .all()
    const poolRa = Array.from({ length: 20 }, (_, i) => i).find((ra) => !test.some(([, testRa]) => testRa === ra))!
    const arcsec = 1 / 3600
    importRows(db, [at('beside-test', test[0]![1] + arcsec), at('beside-pool', poolRa + arcsec), at('far', 200)])
    const sides = db
      .prepare<[], [string, string]>("SELECT id, side FROM held_out JOIN galaxies USING (galaxy_key) WHERE side = 'excluded'")
      .raw()
      .all()
    expect(sides).toEqual([['beside-test', 'excluded']])
    expect(readSummary(db).counts).toMatchObject({ galaxies: 23, test: 5, pool: 17 })
  })
})

describe('the check', () => {
  test('names an image that is gone and a catalogue whose totals are off', async () => {
    const { db } = surveyProject({ count: 2 })
    db.exec('UPDATE imports SET galaxies = 5')
    const findings = await checkCatalogue(db)
    expect(findings.map(({ code }) => code)).toEqual(['check/bad-total', 'check/image-missing', 'check/image-missing'])
    expect(findings[1]!.message).toContain('galaxy g1 is gone: /survey/g1.jpg')
  })

  test('names votes of the wrong length and rows that name nothing', async () => {
    const { db } = surveyProject({ count: 2, votes: () => [1, 0, 0, 0, 0, 0, 0, 1, 0] })
    db.pragma('foreign_keys = OFF')
    db.exec("UPDATE all_votes SET counts = x'0100' WHERE galaxy_key = 2; INSERT INTO revealed_votes VALUES (99, 0)")
    expect((await checkCatalogue(db, { images: false })).map(({ code }) => code)).toEqual(['check/loose-row', 'check/bad-votes'])
  })
})
