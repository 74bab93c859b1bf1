import Sqlite from 'better-sqlite3'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { LabelRequest } from '@shared/contract/requests'
import { labellingSettingsSchema } from '@shared/contract/labelling'
import { writeLabellingSettings } from '@main/catalogue/labelling-settings'
import { appendBatch, appendLabel, readLabelLog, readLabelState } from '@main/catalogue/labels'
import { catalogue0001 } from '@main/catalogue/migrations/0001-catalogue'
import { savedSearches0002 } from '@main/catalogue/migrations/0002-saved-searches'
import { labelling0003 } from '@main/catalogue/migrations/0003-labelling'
import { hints0004 } from '@main/catalogue/migrations/0004-hints'
import type { WritableDb } from '@main/catalogue/open'
import { nextOpenPosition, readProgress, readQueue } from '@main/catalogue/queue'
import { readQueueItem } from '@main/catalogue/queue-items'
import { openRound } from '@main/catalogue/rounds'
import { splitSurvey } from '@main/catalogue/splits'
import { readTrainingSet } from '@main/catalogue/training-set'
import { redoLatest, undoLatest } from '@main/catalogue/undo'
import { answerOf, nextUuid, surveyProject, temporaryFolder } from './support'

const entry = (galaxyKey: number, kind: LabelRequest['kind'], more: Partial<LabelRequest> = {}): LabelRequest => ({
  uuid: nextUuid(),
  galaxyKey,
  kind,
  annotator: 'ada',
  ...more,
})
const undo = (db: WritableDb) => undoLatest(db, { uuid: nextUuid(), annotator: 'ada' })
const redo = (db: WritableDb) => redoLatest(db, { uuid: nextUuid(), annotator: 'ada' })
const codeIs = (code: string) => expect.objectContaining({ code }) as Error

/** A round of `count` galaxies in the order of their keys, chosen by score. */
function project(count: number, settings: Partial<Parameters<typeof labellingSettingsSchema.parse>[0] & object> = {}): WritableDb {
  const { db } = surveyProject({ count })
  writeLabellingSettings(db, labellingSettingsSchema.parse({ repeatShare: 0, ...settings }))
  const picks = Array.from({ length: count }, (_, i) => ({
    galaxyKey: i + 1,
    score: 1,
    isRandom: false,
    inclusionProbability: null,
    parts: {},
  }))
  openRound(db, { strategy: 'mutual-information', modelId: null, seed: 1, params: {} }, picks)
  return db
}
function complete(db: WritableDb, galaxyKey: number, annotator = 'ada', turn?: string): void {
  for (const [question, answer] of [
    ['smooth', 'yes'],
    ['odd', 'no'],
  ] as const)
    appendLabel(db, { ...answerOf(galaxyKey, question, answer, annotator), ...(turn === undefined ? {} : { turn }) })
}

describe('"cannot tell"', () => {
  test('ends a question and what hangs from it, and the galaxy can be complete', () => {
    const { db } = surveyProject({ count: 1 })
    appendLabel(db, answerOf(1, 'smooth', 'no'))
    appendLabel(db, entry(1, 'cannot-tell', { question: 'edge-on' }))
    appendLabel(db, answerOf(1, 'odd', 'no'))
    expect(readLabelState(db, 1, 'ada')).toMatchObject({ cannotTell: ['edge-on'], isComplete: true })
    expect(() => appendLabel(db, answerOf(1, 'bar', 'yes'))).toThrow(codeIs('label/not-asked'))
  })

  test('takes the place of an answer, and an answer takes its place', () => {
    const { db } = surveyProject({ count: 1 })
    for (const [question, answer] of [
      ['smooth', 'no'],
      ['edge-on', 'no'],
      ['bar', 'yes'],
    ] as const)
      appendLabel(db, answerOf(1, question, answer))
    appendLabel(db, entry(1, 'cannot-tell', { question: 'edge-on' }))
    expect(readLabelState(db, 1, 'ada').answers).toEqual([{ question: 'smooth', answer: 'no' }])
    undo(db)
    expect(readLabelState(db, 1, 'ada').answers).toHaveLength(3)
    redo(db)
    appendLabel(db, answerOf(1, 'edge-on', 'yes'))
    expect(readLabelState(db, 1, 'ada')).toMatchObject({ cannotTell: [], answers: [{}, { question: 'edge-on', answer: 'yes' }] })
  })

  test('is refused where the question is not asked, or unknown', () => {
    const { db } = surveyProject({ count: 1 })
    expect(() => appendLabel(db, entry(1, 'cannot-tell', { question: 'bar' }))).toThrow(codeIs('label/not-asked'))
    expect(() => appendLabel(db, entry(1, 'cannot-tell', { question: 'colour' }))).toThrow(codeIs('label/unknown-answer'))
  })

  test('trains nothing', () => {
    const { db } = surveyProject({ count: 6 })
    splitSurvey(db, { test: 1, initial: 3, seed: 1 })
    const key = Number(db.prepare('SELECT galaxy_key FROM acquisitions LIMIT 1').pluck().get())
    appendLabel(db, answerOf(key, 'smooth', 'no'))
    appendLabel(db, entry(key, 'cannot-tell', { question: 'edge-on' }))
    const { galaxyKeys, votes_NA } = readTrainingSet(db, { combine: 'replace', expertWeight: 1 })
    expect([galaxyKeys, Array.from(votes_NA)]).toEqual([[key], [0, 1, 0, 0, 0, 0, 0, 0, 0]])
  })
})

test('a star turns its mark over, and notes are listed with their entry', () => {
  const { db } = surveyProject({ count: 1 })
  appendLabel(db, entry(1, 'star'))
  const { uuid } = appendLabel(db, entry(1, 'note', { note: 'tidal tail?' }))
  expect(readQueueItem(db, 1, 'ada')).toMatchObject({ isStarred: true, notes: [{ uuid, note: 'tidal tail?' }] })
  undo(db)
  undo(db)
  expect(readQueueItem(db, 1, 'ada')).toMatchObject({ isStarred: false, notes: [] })
})

describe('a batch', () => {
  const batchOf = (db: WritableDb, batch: string, keys: readonly number[], answer = 'yes') =>
    appendBatch(db, {
      batch,
      annotator: 'ada',
      entries: keys.map((key) => ({ uuid: nextUuid(), galaxyKey: key, kind: 'answer', question: 'odd', answer })),
    })

  test('is written whole or not at all', () => {
    const { db } = surveyProject({ count: 3 })
    expect(() => batchOf(db, nextUuid(), [1, 2, 99])).toThrow(codeIs('galaxy/unknown'))
    expect(readLabelLog(db, { limit: 10 })).toEqual([])
    expect(batchOf(db, nextUuid(), [1, 2, 3])).toHaveLength(3)
  })

  test('is taken back and brought back as one, between other entries', () => {
    const { db } = surveyProject({ count: 3 })
    appendLabel(db, answerOf(1, 'smooth', 'yes'))
    batchOf(db, nextUuid(), [1, 2, 3])
    const odd = () => [1, 2, 3].map((key) => readLabelState(db, key, 'ada').answers.filter(({ question }) => question === 'odd').length)
    for (let again = 0; again < 2; again++) {
      expect(undo(db)).toHaveLength(3)
      expect(odd()).toEqual([0, 0, 0])
      expect(redo(db)).toHaveLength(3)
      expect(odd()).toEqual([1, 1, 1])
    }
    undo(db)
    expect(undo(db)).toMatchObject([{ galaxyKey: 1 }])
    expect(readLabelState(db, 1, 'ada').answers).toEqual([])
  })

  test('sent again adds nothing, its undo neither', () => {
    const { db } = surveyProject({ count: 2 })
    const entries = [1, 2].map((galaxyKey) => ({ uuid: nextUuid(), galaxyKey, kind: 'answer' as const, question: 'odd', answer: 'no' }))
    const request = { batch: nextUuid(), annotator: 'ada', entries }
    expect(appendBatch(db, request)).toEqual(appendBatch(db, request))
    const back = { uuid: nextUuid(), annotator: 'ada' }
    expect(undoLatest(db, back)).toEqual(undoLatest(db, back))
    expect(readLabelLog(db, { limit: 10 })).toHaveLength(4)
  })
})

describe('the queue, page by page', () => {
  test('gives the same galaxies as the whole, from either end', () => {
    const db = project(25)
    const whole = readQueue(db, 'ada')!.items
    const pages = [0, 1, 2].flatMap((page) => readQueue(db, 'ada', { from: page === 0 ? 0 : whole[10 * page]!.position, limit: 10 })!.items)
    expect(pages).toEqual(whole)
    expect(readQueue(db, 'ada', { before: whole[20]!.position, limit: 5 })!.items).toEqual(whole.slice(15, 20))
  })

  test('names the next galaxy to do, past those done and skipped, and the first skipped', () => {
    const db = project(6)
    const position = (key: number) => readQueue(db, 'ada')!.items.find(({ galaxyKey }) => galaxyKey === key)!.position
    for (const key of [1, 2, 4]) complete(db, key)
    appendLabel(db, entry(3, 'skip'))
    expect(nextOpenPosition(db, 'ada', 0)).toBe(position(5))
    expect(nextOpenPosition(db, 'ada', position(6))).toBeNull()
    expect(nextOpenPosition(db, 'ada', 0, true)).toBe(position(3))
    expect(readProgress(db, 'ada')).toEqual({ total: 6, complete: 3, skipped: 1 })
    undo(db)
    expect(nextOpenPosition(db, 'ada', 0)).toBe(position(3))
    expect(readProgress(db, 'ada')).toEqual({ total: 6, complete: 3, skipped: 0 })
  })
})

describe('two annotators', () => {
  test('share the work: what one completed is done for the other', () => {
    const db = project(4)
    complete(db, 1)
    expect(readProgress(db, 'ben')).toMatchObject({ complete: 1 })
    expect(nextOpenPosition(db, 'ben', 0)).toBe(4)
    undo(db)
    expect(nextOpenPosition(db, 'ben', 0)).toBe(2)
  })

  test('are both asked about the share that is labelled twice, and neither sees the other’s answers', () => {
    const db = project(40, { doubleShare: 0.5 })
    for (let key = 1; key <= 40; key++) complete(db, key)
    const open = readQueue(db, 'ben')!.items.filter(({ isComplete }) => !isComplete)
    expect(open.length).toBeGreaterThan(8)
    expect(open.length).toBeLessThan(32)
    expect(open.every(({ answers }) => answers.length === 0)).toBe(true)
    expect(readProgress(db, 'ben')).toEqual({ total: 40, complete: 40 - open.length, skipped: 0 })
  })
})

describe('a galaxy that comes back unannounced', () => {
  function labelled(share: number): WritableDb {
    const db = project(120, { repeatShare: share })
    for (let key = 1; key <= 80; key++) complete(db, key)
    return db
  }
  const visits = (db: WritableDb) => readQueue(db, 'ada')!.items.filter(({ position }) => position % 2 === 1)

  test('comes for about the share asked for, never one of the last twenty, and the same ones for the same work', () => {
    const db = labelled(0.3)
    expect(visits(db).length).toBeGreaterThan(5)
    expect(visits(db).length).toBeLessThan(25)
    expect(visits(db)).toEqual(visits(labelled(0.3)))
    const rows = db.prepare<[], [number, number]>('SELECT galaxy_key, place FROM visits').raw().all()
    for (const [galaxyKey, place] of rows) expect(place - galaxyKey).toBeGreaterThanOrEqual(20)
    expect(labelled(0).prepare('SELECT count(*) FROM visits').pluck().get()).toBe(0)
  })

  test('is blank, counts for nothing in the round, and changes and trains nothing of the first answers', () => {
    const db = labelled(0.3)
    const [visit] = visits(db)
    expect(visit).toMatchObject({ answers: [], isComplete: false })
    const before = [readProgress(db, 'ada'), readLabelState(db, visit!.galaxyKey, 'ada')]
    expect(nextOpenPosition(db, 'ada', visit!.position - 1)).toBe(visit!.position)
    for (const [question, answer] of [
      ['smooth', 'artifact'],
      ['odd', 'yes'],
    ] as const)
      appendLabel(db, { ...answerOf(visit!.galaxyKey, question, answer), turn: visit!.turn })
    expect([readProgress(db, 'ada'), readLabelState(db, visit!.galaxyKey, 'ada')]).toEqual(before)
    expect(readQueueItem(db, visit!.galaxyKey, 'ada', 1)).toMatchObject({
      isComplete: true,
      answers: [{ answer: 'artifact' }, { answer: 'yes' }],
    })
    expect(nextOpenPosition(db, 'ada', visit!.position - 1)).not.toBe(visit!.position)
    expect(undo(db)).toMatchObject([{ galaxyKey: visit!.galaxyKey }])
    expect(readQueueItem(db, visit!.galaxyKey, 'ada', 1).answers).toEqual([{ question: 'smooth', answer: 'artifact' }])
  })

  test('has a place of its own, and what was left when the round was over may come again', () => {
    const db = labelled(0.5)
    const rows = db.prepare<[], { place: number; done: number }>('SELECT place, done FROM visits').all()
    expect(new Set(rows.map(({ place }) => place)).size).toBe(rows.length)
    expect(rows.length).toBeGreaterThan(10)
    const [first, ...left] = visits(db)
    complete(db, first!.galaxyKey, 'ada', first!.turn)
    const pick = { galaxyKey: 119, score: 1, isRandom: false, inclusionProbability: null, parts: {} }
    openRound(db, { strategy: 'mutual-information', modelId: null, seed: 1, params: {} }, [pick])
    const kept = db.prepare<[], number>('SELECT galaxy_key FROM visits').pluck().all()
    expect(left.length).toBeGreaterThan(5)
    expect(kept).toEqual([first!.galaxyKey])
  })

  test('looks like one drawn at random, and an entry under a turn of another galaxy is refused', () => {
    const db = labelled(0.3)
    const [visit] = visits(db)
    expect(Object.keys(visit!).sort()).toEqual(Object.keys(readQueue(db, 'ada')!.items[0]!).sort())
    expect(visit!.acquisition).toBeNull()
    expect(() => appendLabel(db, { ...answerOf(119, 'smooth', 'yes'), turn: visit!.turn })).toThrow(codeIs('label/unknown-turn'))
  })
})

describe('what annotators agreed on', () => {
  test('stands for their answers in training, and is taken back like any entry', () => {
    const { db } = surveyProject({ count: 6 })
    splitSurvey(db, { test: 1, initial: 'all', seed: 1 })
    const key = Number(db.prepare('SELECT galaxy_key FROM acquisitions LIMIT 1').pluck().get())
    complete(db, key, 'ada')
    for (const [question, answer] of [
      ['smooth', 'no'],
      ['edge-on', 'yes'],
      ['odd', 'no'],
    ] as const)
      appendLabel(db, answerOf(key, question, answer, 'ben'))
    const votes = () => Array.from(readTrainingSet(db, { combine: 'replace', expertWeight: 1 }).votes_NA)
    const differing = votes()
    expect(differing).toEqual([1, 1, 0, 1, 0, 0, 0, 0, 2])
    appendLabel(db, entry(key, 'resolve', { question: 'smooth', answer: 'no' }))
    appendLabel(db, entry(key, 'resolve', { question: 'edge-on', answer: 'yes' }))
    expect(votes()).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1])
    undo(db)
    undo(db)
    expect(votes()).toEqual(differing)
  })
})

test('a catalogue of the first version keeps its log, its order and its guards', () => {
  const folder = temporaryFolder()
  const db = new Sqlite(join(folder, 'old.sqlite'))
  db.pragma('foreign_keys = ON')
  db.exec(catalogue0001)
  db.exec(`INSERT INTO trees VALUES ('v', 'small', '{}');
    INSERT INTO imports (params, started_at, completed_at) VALUES ('{}', 'now', 'now');
    INSERT INTO all_galaxies VALUES (1, 'g1', NULL, NULL, NULL, 1, '{}');
    INSERT INTO labels (uuid, device, galaxy_key, kind, question, answer, undoes, tree_version, annotator, at) VALUES
      ('a', 'd', 1, 'answer', 'smooth', 'yes', NULL, 'v', 'ada', 't1'), ('b', 'd', 1, 'undo', NULL, NULL, 'a', 'v', 'ada', 't2'),
      ('c', 'd', 1, 'undo', NULL, NULL, 'b', 'v', 'ada', 't3');`)
  const log = () => db.prepare('SELECT sequence, uuid, kind, question, answer, undoes, annotator, at FROM labels ORDER BY sequence').all()
  const before = log()
  for (const migration of [savedSearches0002, labelling0003, hints0004]) db.transaction(() => db.exec(migration))()
  expect(log()).toEqual(before)
  expect(db.pragma('foreign_key_check')).toEqual([])
  // Nobody knows what was in sight of answers from before that was kept.
  expect(db.prepare('SELECT DISTINCT hint_seen FROM labels').pluck().all()).toEqual([null])
  const insert = (uuid: string, kind: string, undoes: string | null) =>
    db
      .prepare(
        "INSERT INTO labels (uuid, device, galaxy_key, kind, undoes, tree_version, annotator, at) VALUES (?, 'd', 1, ?, ?, 'v', 'ada', 't')",
      )
      .run(uuid, kind, undoes)
  expect(insert('d', 'star', null).lastInsertRowid).toBe(4)
  expect(() => insert('d', 'star', null)).toThrow('UNIQUE')
  expect(() => insert('e', 'undo', 'nobody')).toThrow('FOREIGN KEY')
  expect(() => insert('e', 'dance', null)).toThrow('CHECK')
  expect(() => db.exec('DELETE FROM labels')).toThrow('append-only')
  expect(() => db.exec("UPDATE labels SET answer = 'no'")).toThrow('append-only')
  db.close()
})
