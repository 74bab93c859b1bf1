import { describe, expect, test } from 'vitest'
import { labellingSettingsSchema } from '@shared/contract/labelling'
import { findGalaxy, listGalaxies, readGalaxy } from '@main/catalogue/galaxies'
import { showHints } from '@main/catalogue/hints'
import { readJobs } from '@main/catalogue/jobs'
import { appendLabel, readLabelLog } from '@main/catalogue/labels'
import { writeLabellingSettings } from '@main/catalogue/labelling-settings'
import { modelsOfRound, saveModel } from '@main/catalogue/models'
import { projectFolder } from '@main/catalogue/database'
import { openCatalogue, type WritableDb } from '@main/catalogue/open'
import { readPrediction, savePredictions } from '@main/catalogue/predictions'
import { readQueue } from '@main/catalogue/queue'
import { readQueueItem } from '@main/catalogue/queue-items'
import { readRounds } from '@main/catalogue/rounds'
import { revealVotes, splitSurvey } from '@main/catalogue/splits'
import { readSummary } from '@main/catalogue/summary'
import { readCandidates } from '@main/catalogue/training-set'
import { redoLatest, undoLatest } from '@main/catalogue/undo'
import { imagesOf, readImages, readView } from '@main/catalogue/views'
import { recordedVotes } from '@main/catalogue/votes'
import { modelCard } from './model-card'
import { answerOf, nextUuid, surveyProject } from './support'

/** Tables that grow with the survey or with years of labelling: reading one of them whole is what must not happen between key and image. */
const LARGE = [
  'all_galaxies',
  'all_views',
  'all_votes',
  'labels',
  'predictions',
  'acquisitions',
  'held_out',
  'revealed_votes',
  'test_draws',
  'hint_sights',
  'jobs',
]

/** The steps of the plans of every statement that `work` prepares, on a connection that has kept none of an earlier work. */
function stepsOf(project: WritableDb, work: (db: WritableDb) => unknown): { detail: string; sql: string }[] {
  const db = openCatalogue(projectFolder(project))
  const statements: string[] = []
  const prepare = db.prepare.bind(db)
  db.prepare = ((sql: string) => {
    statements.push(sql)
    return prepare(sql)
  }) as typeof db.prepare
  try {
    work(db)
    expect(statements.length).toBeGreaterThan(0)
    return statements.flatMap((sql) =>
      prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql.replaceAll(/:\w+|\?/g, '1')}`)
        .all()
        .map(({ detail }) => ({ detail, sql })),
    )
  } finally {
    db.close()
  }
}

/** Those which read a large table from end to end. */
function slowSteps(project: WritableDb, work: (db: WritableDb) => unknown): string[] {
  return stepsOf(project, work)
    .filter(({ detail }) => LARGE.some((table) => `${detail} `.startsWith(`SCAN ${table} `)))
    .map(({ detail, sql }) => `${detail} in ${sql}`)
}

async function labelledProject(): Promise<WritableDb> {
  const { db } = surveyProject({ count: 60, votes: (i) => (i < 30 ? [9, 1, 0, 1, 0, 0, 0, 1, 9] : null) })
  splitSurvey(db, { test: 10, initial: 20, seed: 1 })
  writeLabellingSettings(db, labellingSettingsSchema.parse({ hints: 'before' }))
  saveModel(db, modelCard('m'))
  await savePredictions(db, 'm', [1], Float32Array.of(0.5))
  return db
}

describe('no large table is read whole', () => {
  const works: Record<string, (db: WritableDb) => unknown> = {
    'to save an answer': (db) => appendLabel(db, answerOf(1, 'smooth', 'yes')),
    'to undo and redo': (db) => [
      undoLatest(db, { uuid: nextUuid(), annotator: 'ada' }),
      redoLatest(db, { uuid: nextUuid(), annotator: 'ada' }),
    ],
    'to read the queue': (db) => readQueue(db, 'ada')!.items,
    'to read one galaxy of the queue': (db) => readQueueItem(db, 1, 'ada'),
    'to find a galaxy by key, by id, or by page': (db) => [readGalaxy(db, 1), findGalaxy(db, 'g1'), listGalaxies(db, 10, 5)],
    'to show an image or the votes of a galaxy': (db) => [readView(db, 1), recordedVotes(db, 1)],
    'to show the history of a galaxy': (db) => readLabelLog(db, { galaxyKey: 1, limit: 10 }),
    'to reveal the votes of a round': (db) => revealVotes(db, 0),
    'to walk over the survey, page by page': (db) => [...readImages(db)],
    'to find the images of some galaxies': (db) => [...imagesOf(db, [3, 1, 2])],
    'to show what a model predicts': (db) => showHints(db, { galaxyKey: 1, annotator: 'ada' }),
    'to look up a prediction': (db) => readPrediction(db, 'm', 1),
    'to list the models of a round': (db) => modelsOfRound(db, 0),
  }
  test.each(Object.entries(works))('%s', async (_, work) => {
    const db = await labelledProject()
    appendLabel(db, answerOf(1, 'smooth', 'no'))
    expect(slowSteps(db, work)).toEqual([])
  })

  test.each(Object.entries({ 'to sum up the project': readSummary, 'to list the rounds': readRounds }))(
    '%s, but for its size and what experts wrote',
    async (_, read) => {
      const db = await labelledProject()
      appendLabel(db, answerOf(1, 'smooth', 'no'))
      // Without a condition SQLite adds up what the pages say of themselves.
      const counted = /^SCAN (held_out|revealed_votes) in SELECT count\(\*\) FROM \w+$/
      const written = /^SCAN labels in SELECT uuid, /
      expect(slowSteps(db, read).filter((step) => !counted.test(step) && !written.test(step))).toEqual([])
      const perTestGalaxy = stepsOf(db, read).filter(({ sql }) => /FROM held_out JOIN/.test(sql))
      expect(perTestGalaxy).toEqual([])
    },
  )

  test('to reveal the votes of a large round, which are read in the order of the keys', async () => {
    const db = await labelledProject()
    const reads = stepsOf(db, (fresh) => revealVotes(fresh, 0)).filter(({ sql }) => sql.startsWith('INSERT INTO revealed_votes'))
    expect(reads.map(({ detail }) => detail)).toEqual(
      expect.arrayContaining([
        'SEARCH acquisitions USING PRIMARY KEY (round=?)',
        'SEARCH all_votes USING PRIMARY KEY (vote_set_key=? AND galaxy_key=?)',
      ]),
    )
    expect(reads.map(({ detail }) => detail).join()).not.toContain('TEMP B-TREE')
  })

  test('which this test would notice', async () => {
    const db = await labelledProject()
    expect(slowSteps(db, (fresh) => fresh.prepare("SELECT * FROM galaxies WHERE metadata = ''").all())).toHaveLength(1)
  })

  test('and the latest entries of the log, the jobs and the candidates come without sorting', async () => {
    const db = await labelledProject()
    const plan = (sql: string) =>
      db
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
    expect(plan('SELECT * FROM labels ORDER BY sequence DESC LIMIT 10').join()).not.toContain('TEMP B-TREE')
    expect(plan('SELECT document FROM jobs ORDER BY created_at DESC, rowid DESC LIMIT 10').join()).not.toContain('TEMP B-TREE')
    expect([readJobs(db).length, [...readCandidates(db)].length > 0]).toEqual([0, true])
  })
})
