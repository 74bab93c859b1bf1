import { expect, test } from 'vitest'
import { labellingSettingsSchema } from '@shared/contract/labelling'
import { createRandom } from '@shared/science/stats/random'
import { answersToVotes } from '@shared/science/tree/flow'
import { groupBy } from '@main/catalogue/group-by'
import { labelState, type LabelEntry } from '@main/catalogue/label-state'
import { writeLabellingSettings } from '@main/catalogue/labelling-settings'
import { readLabelState } from '@main/catalogue/labels'
import type { WritableDb } from '@main/catalogue/open'
import { readProgress } from '@main/catalogue/queue'
import { readResolves } from '@main/catalogue/resolution'
import { splitSurvey } from '@main/catalogue/splits'
import { readTrainingSet } from '@main/catalogue/training-set'
import { buildChild } from './child-process'
import { rawLog, replay, standing, wrongSteps, type LogRow } from './log-replay'
import { reopened, SMALL_TREE_ANSWERS, smallTree, surveyProject } from './support'

const GALAXIES = 6
const LIVES = 5
const ANNOTATORS = ['ada', 'ben']

function project(doubleShare: number): { path: string; db: WritableDb } {
  const survey = surveyProject({ count: GALAXIES })
  writeLabellingSettings(survey.db, labellingSettingsSchema.parse({ doubleShare, repeatShare: 0.5 }))
  splitSurvey(survey.db, { test: 1, initial: 'all', seed: 1 })
  return survey
}

/** What is told of a galaxy, an annotator and a pass after every entry that there was. */
function expectTold(log: readonly LogRow[]): void {
  for (const rows of groupBy(log, (row) => `${row.galaxy_key} ${row.annotator} ${row.pass}`).values()) {
    for (let n = 1; n <= rows.length; n++) {
      const then = rows.slice(0, n)
      const stands = standing(then)
      const state = replay(then.filter(({ uuid }) => stands.has(uuid)))
      const { answers, cannotTell, isComplete } = labelState(smallTree, then as LabelEntry[])
      expect(new Map(answers.map(({ question, answer }) => [question, answer]))).toEqual(state.answers)
      expect([new Set(cannotTell), isComplete]).toEqual([state.cannotTell, state.isComplete])
    }
  }
}

/** Everything that the program says of the log, against the log told anew. */
function expectReplayed(db: WritableDb, log: readonly LogRow[], isShared: boolean): void {
  const stands = standing(log)
  const told = (galaxyKey: number, annotator: string, pass: number) =>
    replay(log.filter((row) => row.galaxy_key === galaxyKey && row.annotator === annotator && row.pass === pass && stands.has(row.uuid)))
  const completedBy = new Map<number, string[]>()
  const votes = new Map<number, number[]>()
  for (let key = 1; key <= GALAXIES; key++) {
    for (const annotator of ANNOTATORS) {
      for (const pass of [0, 1]) {
        const state = told(key, annotator, pass)
        const { answers, cannotTell, notes, ...marks } = readLabelState(db, key, annotator, pass)
        expect(new Map(answers.map(({ question, answer }) => [question, answer]))).toEqual(state.answers)
        expect(new Set(cannotTell)).toEqual(state.cannotTell)
        expect(notes.map(({ note }) => note)).toEqual(state.notes)
        expect({ ...marks }).toEqual({
          isSkipped: state.isSkipped,
          isFlagged: state.isFlagged,
          isStarred: state.isStarred,
          isComplete: state.isComplete,
        })
      }
      const { answers, isComplete, isSkipped } = told(key, annotator, 0)
      const kept = db
        .prepare<[number, string], { isComplete: number; isSkipped: number }>(
          'SELECT is_complete AS isComplete, is_skipped AS isSkipped FROM label_states WHERE galaxy_key = ? AND annotator = ?',
        )
        .get(key, annotator)
      expect(kept ?? { isComplete: 0, isSkipped: 0 }).toEqual({ isComplete: Number(isComplete), isSkipped: Number(isSkipped) })
      if (isComplete) completedBy.set(key, [...(completedBy.get(key) ?? []), annotator])
      const said = Array.from(answers, ([question, answer]) => ({ question, answer }))
      if (said.length > 0)
        votes.set(
          key,
          Array.from(answersToVotes(smallTree, said)).map((vote, i) => vote + (votes.get(key)?.[i] ?? 0)),
        )
    }
  }
  for (const annotator of ANNOTATORS)
    expect(readProgress(db, annotator)!.complete).toBe([...completedBy.values()].filter((by) => !isShared || by.includes(annotator)).length)
  const resolves = log.filter(({ kind, uuid }) => kind === 'resolve' && stands.has(uuid))
  expect([...readResolves(db).values()].flat().length).toBe(resolves.length)
  const { galaxyKeys, votes_NA } = readTrainingSet(db, { combine: 'replace', expertWeight: 1 })
  for (const [i, key] of galaxyKeys.entries())
    if (!resolves.some((row) => row.galaxy_key === key))
      expect(Array.from(votes_NA.subarray(i * SMALL_TREE_ANSWERS, (i + 1) * SMALL_TREE_ANSWERS))).toEqual(votes.get(key))
}

test('two annotators at random work, killed over and over: the log is what was said to be saved, and all that is read of it is what it tells', async () => {
  const start = await buildChild('work-at-random')
  for (const [seed, doubleShare] of [
    [1, 0],
    [2, 1],
  ] as const) {
    const { path, db } = project(doubleShare)
    db.close()
    const random = createRandom(seed, 'kills')
    const said: string[] = []
    for (let life = 0; life < LIVES; life++) {
      const child = start(path, String(seed), String(life))
      await child.waitForLines(60 + random.integer(60))
      await child.kill()
      said.push(...child.lines.flatMap((line) => line.split(' ')).filter((uuid) => uuid.length === 36))
      const again = reopened(path)
      const log = rawLog(path)
      const kept = new Set(log.map(({ uuid }) => uuid))
      expect(said.filter((uuid) => !kept.has(uuid))).toEqual([])
      // What was committed and not yet said when the process died: one commit a life.
      const unsaid = new Set(log.filter(({ uuid }) => !said.includes(uuid)).map(({ uuid, batch }) => batch ?? uuid))
      expect(unsaid.size).toBeLessThanOrEqual(life + 1)
      expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_, i) => i + 1))
      expect(wrongSteps(log)).toEqual([])
      expectReplayed(again, log, doubleShare === 1)
      again.close()
    }
    expectTold(rawLog(path))
    const kinds = new Set(rawLog(path).map(({ kind }) => kind))
    expect(kinds).toEqual(new Set(['answer', 'cannot-tell', 'resolve', 'skip', 'flag', 'star', 'note', 'undo']))
  }
})
