import { beforeEach, describe, expect, test } from 'vitest'
import type { Job } from '@shared/contract/job'
import type { LabelRequest } from '@shared/contract/requests'
import { saveJob } from '@main/catalogue/jobs'
import { beginImport, completeImport, insertImportBatch } from '@main/catalogue/imports'
import { appendLabel } from '@main/catalogue/labels'
import { saveModel } from '@main/catalogue/models'
import type { WritableDb } from '@main/catalogue/open'
import { addRecordedVotes } from '@main/catalogue/recorded-votes'
import { openRound } from '@main/catalogue/rounds'
import { splitSurvey } from '@main/catalogue/splits'
import { readSummary } from '@main/catalogue/summary'
import { turnOf } from '@main/catalogue/turns'
import { redoLatest, undoLatest } from '@main/catalogue/undo'
import { newJob } from '@main/jobs/new-job'
import type { Search } from '@main/search/search'
import { answerOf, emptyReport, importRows, nextUuid, predictCutOff, row, surveyProject } from '../catalogue/support'
import { card, found, mixedProject, mixedRows, outputs, predict, request, searchOf } from './support'

const entry = (galaxyKey: number, kind: LabelRequest['kind'], annotator = 'ada'): LabelRequest => ({
  uuid: nextUuid(),
  galaxyKey,
  kind,
  annotator,
})
const undo = (db: WritableDb, annotator = 'ada') => undoLatest(db, { uuid: nextUuid(), annotator })
const redo = (db: WritableDb, annotator = 'ada') => redoLatest(db, { uuid: nextUuid(), annotator })
const VOTES = [4, 1, 0, 0, 2, 2, 1, 5, 0]

describe('labels are in the next answer', () => {
  let db: WritableDb
  let path: string
  let search: Search
  beforeEach(() => {
    const project = surveyProject({ count: 12 })
    ;({ db, path } = project)
    search = searchOf(project.path)
  })

  test('answers, with undo and redo', async () => {
    expect(await found(search, 'labelled')).toEqual([])
    appendLabel(db, answerOf(3, 'smooth', 'no'))
    appendLabel(db, answerOf(5, 'smooth', 'yes'))
    expect(await found(search, 'labelled')).toEqual([3, 5])
    expect(await found(search, 'answered(smooth) = no')).toEqual([3])
    expect(await found(search, 'not answered(smooth) = no')).toEqual([5])
    undo(db)
    expect([await found(search, 'labelled'), await found(search, 'not labelled and pool')]).toEqual([
      [3],
      [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    ])
    redo(db)
    expect(await found(search, 'answered(smooth) = yes')).toEqual([5])
    appendLabel(db, answerOf(5, 'smooth', 'no'))
    expect(await found(search, 'answered(smooth) = yes')).toEqual([])
  })

  test('answers that "cannot tell" took the place of, or that were given at a second look only', async () => {
    expect(await found(search, 'labelled')).toEqual([])
    appendLabel(db, answerOf(1, 'smooth', 'yes'))
    appendLabel(db, { ...entry(1, 'cannot-tell'), question: 'smooth' })
    appendLabel(db, { ...answerOf(2, 'smooth', 'yes'), turn: turnOf(db, 2, 1) })
    appendLabel(db, answerOf(3, 'smooth', 'yes'))
    for (const each of [search, searchOf(path)]) expect(await found(each, 'labelled')).toEqual([3])
  })

  test('of whoever resolves, stars or flags alone take nothing from what was agreed', async () => {
    expect(await found(search, 'labelled')).toEqual([])
    for (const [annotator, bar] of [
      ['ada', 'yes'],
      ['ben', 'no'],
    ] as const)
      for (const [question, answer] of [
        ['smooth', 'no'],
        ['edge-on', 'no'],
        ['bar', bar],
        ['odd', 'no'],
      ] as const)
        appendLabel(db, answerOf(1, question, answer, annotator))
    appendLabel(db, { ...answerOf(1, 'bar', 'yes', 'cleo'), kind: 'resolve' })
    appendLabel(db, entry(1, 'star', 'dora'))
    for (const said of ['smooth) = no', 'bar) = yes', 'odd) = no'])
      for (const each of [search, searchOf(path)]) expect(await found(each, `answered(${said}`), said).toEqual([1])
    expect(await found(search, 'answered(bar) = no')).toEqual([])
  })

  test('flags, stars and skips, each turned over again', async () => {
    for (const kind of ['flag', 'star', 'skip'] as const) appendLabel(db, entry(7, kind))
    const states = ['flagged', 'starred', 'skipped']
    for (const state of states) expect(await found(search, state), state).toEqual([7])
    appendLabel(db, entry(7, 'flag'))
    expect(await found(search, 'starred and not flagged')).toEqual([7])
    appendLabel(db, answerOf(7, 'smooth', 'yes'))
    expect(await found(search, 'skipped')).toEqual([])
  })

  test('of every annotator', async () => {
    appendLabel(db, answerOf(1, 'odd', 'yes', 'ada'))
    appendLabel(db, answerOf(1, 'odd', 'no', 'bob'))
    appendLabel(db, { ...entry(2, 'cannot-tell', 'bob'), question: 'smooth' })
    appendLabel(db, entry(3, 'flag', 'eve'))
    expect(await found(search, 'annotator = "bob"')).toEqual([1, 2])
    expect(await found(search, 'annotator ~ "?*" and annotator != "bob"')).toEqual([])
    expect(await found(search, 'answered(odd) = yes and answered(odd) = no')).toEqual([1])
    appendLabel(db, { ...entry(1, 'resolve', 'eve'), question: 'odd', answer: 'no' })
    expect([await found(search, 'answered(odd) = yes'), await found(search, 'answered(odd) = no')]).toEqual([[], [1]])
  })

  test('after thousands of them at once as after one', async () => {
    const many = surveyProject({ count: 2_500 })
    const other = searchOf(many.path)
    expect(await found(other, 'labelled')).toEqual([])
    many.db.transaction(() => {
      for (let key = 1; key <= 2_400; key++) appendLabel(many.db, answerOf(key, 'smooth', key % 2 ? 'yes' : 'no'))
    })()
    expect(await found(other, 'labelled')).toHaveLength(2_400)
    expect(await found(other, 'answered(smooth) = yes')).toHaveLength(1_200)
    undo(many.db)
    expect(await found(other, 'labelled')).toHaveLength(2_399)
  })

  test('and each answer says the entry of the log that it was made at', async () => {
    const sequence = async () => (await search.search(request('labelled'))).labelSequence
    expect(await sequence()).toBe(0)
    appendLabel(db, answerOf(3, 'smooth', 'no'))
    expect(await sequence()).toBe(1)
    undo(db)
    expect(await sequence()).toBe(2)
  })
})

describe('a list says whether it is still what a new search would find', () => {
  test('only what it depends on makes it old', async () => {
    const { db, path } = mixedProject(40)
    const search = searchOf(path)
    const byVotes = (await search.search(request('smooth_yes > 0.5', 'ra'))).resultId
    const byState = (await search.search(request('flagged'))).resultId
    const page = { offset: 0, limit: 5, columns: '' }
    const isCurrent = async () => Promise.all([byVotes, byState].map(async (id) => (await search.rows(id, page)).isCurrent))
    expect(await isCurrent()).toEqual([true, true])
    appendLabel(db, entry(1, 'flag'))
    expect(await isCurrent()).toEqual([true, false])
    importRows(db, [row('late')])
    expect(await isCurrent()).toEqual([false, false])
  })

  test('its digest is the same for the same galaxies in the same order', async () => {
    const { db, path } = mixedProject(40)
    const search = searchOf(path)
    const digest = async (...of: Parameters<typeof request>) => (await search.search(request(...of))).digest
    const before = await digest('not flagged', 'ra')
    expect(await digest('not flagged', 'ra')).toBe(before)
    expect(await digest('not flagged')).not.toBe(before)
    appendLabel(db, entry(1, 'flag'))
    const without = await digest('not flagged', 'ra')
    appendLabel(db, entry(2, 'flag'))
    appendLabel(db, entry(1, 'flag'))
    // As many, but others.
    expect([before, without]).not.toContain(await digest('not flagged', 'ra'))
    appendLabel(db, entry(2, 'flag'))
    expect(await digest('not flagged', 'ra')).toBe(before)
  })

  test('a test galaxy that was left in one round is in the next one only', async () => {
    const { db, path } = surveyProject({ count: 40 })
    splitSurvey(db, { test: 1, initial: 4, seed: 1 })
    const search = searchOf(path)
    const testIn = async (round: number) => (await found(search, `in-round ${round} and test`)).length
    expect(await testIn(0)).toBe(1)
    const pick = { score: 1, isRandom: false, inclusionProbability: null, parts: {} }
    const [free] = db
      .prepare<[], number>('SELECT galaxy_key FROM galaxies WHERE galaxy_key NOT IN (SELECT galaxy_key FROM held_out UNION SELECT galaxy_key FROM acquisitions)')
      .pluck()
      .all()
    openRound(db, { strategy: 'random', modelId: null, seed: 1, params: {} }, [{ ...pick, galaxyKey: free! }])
    expect([await testIn(0), await testIn(1)]).toEqual([0, 1])
  })

  test('a model has columns once all of its predictions are written', async () => {
    const { db, path } = mixedProject(10)
    const search = searchOf(path)
    const count = async (filter: string) => (await found(search, filter)).length
    await predict(db, 'model-001', [1, 2, 3])
    saveModel(db, card('model-002'))
    await predictCutOff(db, 'model-002', card('model-002').outputs.length)
    expect(await count('predicted.bar_yes >= 0')).toBe(3)
    await expect(count('predicted@model-002.bar_yes >= 0')).rejects.toMatchObject({ code: 'filter/unknown-model' })
    await predict(db, 'model-002', [1, 2, 3, 4])
    expect(await count('predicted@model-002.bar_yes >= 0')).toBe(10)
  })

  test('a newer model or round is another column', async () => {
    const { db, path } = mixedProject(10)
    const search = searchOf(path)
    splitSurvey(db, { test: 2, initial: 3, seed: 1 })
    await predict(db, 'model-001', [1, 2, 3])
    const [newest, named, score] = await Promise.all(
      ['predicted.bar_yes >= 0', 'predicted@model-001.bar_yes >= 0', 'score >= 0'].map((filter) => search.search(request(filter))),
    )
    const isCurrent = async (id: string) => (await search.rows(id, { offset: 0, limit: 5, columns: '' })).isCurrent
    await predict(db, 'model-002', [1, 2, 3, 4])
    expect([await isCurrent(newest!.resultId), await isCurrent(named!.resultId), await isCurrent(score!.resultId)]).toEqual([
      false,
      true,
      true,
    ])
    openRound(db, { strategy: 'entropy', modelId: null, seed: 1, params: {} }, [
      { galaxyKey: poolKey(db), score: 3, isRandom: false, inclusionProbability: null, parts: {} },
    ])
    expect(await isCurrent(score!.resultId)).toBe(false)
    expect(await found(search, 'score >= 0')).toEqual([poolKey(db)])
    expect(await found(search, 'predicted.bar_yes >= 0')).toEqual([1, 2, 3, 4])
  })
})

const poolKey = (db: WritableDb) =>
  db.prepare<[], number>('SELECT min(galaxy_key) FROM galaxies WHERE galaxy_key NOT IN (SELECT galaxy_key FROM held_out)').pluck().get()!

describe('imports', () => {
  test('bring their galaxies, votes and columns when they are complete, and nothing before', async () => {
    const { db, path, voteSetKey } = mixedProject(300)
    const search = searchOf(path)
    const filters = [
      'smooth_yes >= 0',
      'votes(bar) < 100',
      'ra >= 0',
      'known(redshift)',
      'survey ~ "s*"',
      'id ~ "g30*"',
      'cone(0, 0, 179 deg)',
    ]
    const counts = async () => Promise.all(filters.map(async (filter) => (await found(search, filter)).length))
    const before = await counts()
    const running = beginImport(db, {})
    insertImportBatch(db, running, mixedRows(200, voteSetKey, 300))
    expect(await counts()).toEqual(before)
    completeImport(db, running, emptyReport)
    // What a search that begins now finds.
    const fresh = searchOf(path)
    for (const filter of filters) expect(await found(search, filter), filter).toEqual(await found(fresh, filter))
    expect((await counts()).every((count, i) => count > before[i]!)).toBe(true)
  })

  test('of a text make a column of numbers a column of texts', async () => {
    const { db, path } = surveyProject({ count: 1 })
    importRows(db, [row('a', { metadata: { plate: '266' } }), row('b', { metadata: { plate: '0' } })])
    const search = searchOf(path)
    expect(await found(search, 'plate > 100')).toEqual([2])
    importRows(db, [row('c', { metadata: { plate: '266-b' } })])
    await expect(found(search, 'plate > 100')).rejects.toMatchObject({ code: 'filter/bad-value' })
    expect(await found(search, 'plate ~ "266*"', 'plate', true)).toEqual([4, 2])
  })

  test('without a finite number leave a column of numbers one', async () => {
    const { db, path } = surveyProject({ count: 1 })
    importRows(
      db,
      ['9', '10', 'inf', '200'].map((flux, i) => row(`f${i}`, { metadata: { flux } })),
    )
    const search = searchOf(path)
    expect(await found(search, 'flux > 3', 'flux')).toEqual([2, 3, 5])
    expect(await found(search, 'not known(flux)')).toEqual([1, 4])
  })

  test('of votes for galaxies that are there already count', async () => {
    const { db, path } = surveyProject({ count: 5 })
    const search = searchOf(path)
    expect(await found(search, 'smooth_yes > 0')).toEqual([])
    addRecordedVotes(db, 'expert table', 'votes.csv', [{ galaxyKey: 2, counts_A: VOTES }])
    expect(await found(search, 'smooth_yes > 0')).toEqual([2])
    addRecordedVotes(db, 'expert table', 'more.csv', [{ galaxyKey: 4, counts_A: VOTES }])
    expect(await found(search, 'smooth_yes = 0.8')).toEqual([2, 4])
  })
})

describe('the split', () => {
  test('gives every galaxy its state, as the summary counts them', async () => {
    const { db, path } = surveyProject({ count: 60, votes: (i) => (i < 50 ? VOTES : null) })
    const search = searchOf(path)
    expect([await found(search, 'test'), (await found(search, 'pool')).length]).toEqual([[], 60])
    splitSurvey(db, { test: 0.2, initial: 10, seed: 3 })
    appendLabel(db, answerOf(55, 'smooth', 'yes'))
    const { counts } = readSummary(db)
    const count = async (filter: string) => (await found(search, filter)).length
    expect({ pool: await count('pool'), labelled: await count('labelled'), test: await count('test') }).toEqual({
      pool: counts.pool,
      labelled: counts.labelled,
      test: counts.test,
    })
    expect(await count('pool or labelled or test or excluded')).toBe(60)
    expect(await count('in-round 0')).toBeGreaterThanOrEqual(10)
  })

  test('keeps galaxies beside the test set out', async () => {
    const { db, path } = surveyProject({ count: 0 })
    importRows(
      db,
      Array.from({ length: 10 }, (_, i) => row(`p${i}`, { raDeg: i * 10, decDeg: 0 })),
    )
    splitSurvey(db, { test: 2, initial: 2, seed: 1 })
    const search = searchOf(path)
    const [tested] = await found(search, 'test')
    importRows(db, [row('beside', { raDeg: (tested! - 1) * 10, decDeg: 0.5 / 3600 })])
    expect(await found(search, 'excluded')).toEqual([11])
  })
})

describe('predictions', () => {
  const keys = Array.from({ length: 30 }, (_, i) => i + 1)
  const smooth = (fractions_NA: Float32Array) => keys.filter((_, i) => fractions_NA[i * outputs.length]! > 0.5)

  test('made anew are in the next answer', async () => {
    const { db, path } = mixedProject(30)
    const search = searchOf(path)
    await expect(found(search, 'predicted.bar_yes > 0')).rejects.toMatchObject({ code: 'filter/no-predictions' })
    const first = await predict(db, 'model-001', keys, 1)
    expect(await found(search, 'predicted.smooth_yes > 0.5')).toEqual(smooth(first))
    const second = await predict(db, 'model-001', keys, 2)
    expect(await found(search, 'predicted.smooth_yes > 0.5')).toEqual(smooth(second))
    expect(smooth(second)).not.toEqual(smooth(first))
  })

  test('changed before the last galaxy are read again when their job has ended', async () => {
    const { db, path } = mixedProject(30)
    const search = searchOf(path)
    const job: Job = { ...newJob('job-1', { kind: 'predict', params: { views: 1, samples: 1, seed: 1 } }), state: 'running' }
    saveJob(db, job)
    await predict(db, 'model-001', keys, 1)
    await found(search, 'predicted.smooth_yes > 0.5')
    const changed = await predict(db, 'model-001', keys.slice(0, 20), 2)
    saveJob(db, { ...job, state: 'done' })
    expect((await found(search, 'predicted.smooth_yes > 0.5')).filter((key) => key <= 20)).toEqual(smooth(changed))
  })

  test('of galaxies that a model did not look at are unknown', async () => {
    const { db, path } = mixedProject(10)
    await predict(db, 'model-001', [2, 4])
    const search = searchOf(path)
    expect(await found(search, 'predicted.odd_no >= 0')).toEqual([2, 4])
    expect(await found(search, 'not known(predicted.odd_no)')).toHaveLength(8)
  })
})
