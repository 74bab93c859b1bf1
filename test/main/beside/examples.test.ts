import { describe, expect, test } from 'vitest'
import type { Examples } from '@shared/contract/beside'
import { keepGold } from '@main/catalogue/gold'
import { appendLabel } from '@main/catalogue/labels'
import type { WritableDb } from '@main/catalogue/open'
import { closeRound, openRound } from '@main/catalogue/rounds'
import { revealVotes } from '@main/catalogue/splits'
import { undoLatest } from '@main/catalogue/undo'
import { answerOf, importRows, nextUuid, row, surveyProject } from '../catalogue/support'
import { searchOf } from '../search/support'

/** Votes for smooth only: `yes` of 40, the others for no. */
const smoothVotes = (yes: number) => [yes, 40 - yes, 0, 0, 0, 0, 0, 0, 0]
const ids = (examples: Examples, answer: string) => (examples.answers[answer] ?? []).map(({ id }) => id)

/** Opens the next round with these galaxies. */
function open(db: WritableDb, galaxyKeys: readonly number[]): number {
  const picks = galaxyKeys.map((galaxyKey) => ({ galaxyKey, score: null, isRandom: true, inclusionProbability: 1, parts: {} }))
  return openRound(db, { strategy: 'random', modelId: null, seed: 1, params: {} }, picks)
}

/** A survey of galaxies g1, g2, … with so many of 40 votes for smooth; the votes of the first `revealed` may be seen, and no round is open. */
function votedSurvey(yes: readonly number[], revealed = yes.length) {
  const project = surveyProject({ count: yes.length, votes: (i) => smoothVotes(yes[i]!) })
  const round = open(
    project.db,
    Array.from({ length: revealed }, (_, i) => i + 1),
  )
  revealVotes(project.db, round)
  closeRound(project.db, round)
  return project
}

describe('by votes', () => {
  test('the galaxies of the highest vote fractions are the examples of an answer', async () => {
    const { path } = votedSurvey([30, 40, 0, 36, 38, 24, 4])
    const examples = await searchOf(path).examples('ada')
    expect(examples.minVotes).toBe(20)
    expect(ids(examples, 'smooth_yes')).toEqual(['g2', 'g5', 'g4', 'g1'])
    expect(ids(examples, 'smooth_no')).toEqual(['g3', 'g7'])
    expect(examples.answers.smooth_yes![1]).toEqual({
      galaxyKey: 5,
      id: 'g5',
      source: 'votes',
      fraction: 0.95,
      votes: 40,
      isStarred: false,
    })
    expect(Object.keys(examples.answers).sort()).toEqual(['smooth_no', 'smooth_yes'])
  })

  test('votes that are still hidden are in no example', async () => {
    const { path, db } = votedSurvey([30, 36, 40, 39], 2)
    const search = searchOf(path)
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g2', 'g1'])
    const round = open(db, [4])
    revealVotes(db, round)
    closeRound(db, round)
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g4', 'g2', 'g1'])
  })

  test('galaxies of the test set, of the open round and of known answers are no examples', async () => {
    const { path, db } = votedSurvey([40, 39, 38, 37])
    const search = searchOf(path)
    db.prepare("INSERT INTO held_out (galaxy_key, side) VALUES (1, 'test')").run()
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g2', 'g3', 'g4'])
    keepGold(db, [{ galaxyKey: 2, question: 'smooth', answer: 'yes' }])
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g3', 'g4'])
    const round = open(db, [3])
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g4'])
    closeRound(db, round)
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g3', 'g4'])
  })

  test('a galaxy that is to come to the annotator unannounced is no example for them', async () => {
    const { path, db } = votedSurvey([40, 39])
    const search = searchOf(path)
    db.prepare("INSERT INTO visits (round, annotator, galaxy_key, pass, place) VALUES (0, 'ada', 1, 1, 1)").run()
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g2'])
    expect(ids(await search.examples('bob'), 'smooth_yes')).toEqual(['g1', 'g2'])
  })

  test('votes of a later import count, and galaxies without an image do not', async () => {
    const { path, db } = votedSurvey([30])
    const search = searchOf(path)
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g1'])
    const voteSetKey = 1
    importRows(db, [
      row('late', { votes: [{ voteSetKey, counts_A: smoothVotes(36) }] }),
      row('blind', { image: null, votes: [{ voteSetKey, counts_A: smoothVotes(40) }] }),
    ])
    const round = open(db, [2, 3])
    revealVotes(db, round)
    closeRound(db, round)
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['late', 'g1'])
  })

  test('a survey with fewer votes than twenty uses the most it has, and says so', async () => {
    const project = surveyProject({
      count: 3,
      votes: (i) =>
        [
          [1, 0],
          [0, 1],
          [1, 0],
        ][i]!.concat([0, 0, 0, 0, 0, 0, 0]),
    })
    const round = open(project.db, [1, 2, 3])
    revealVotes(project.db, round)
    closeRound(project.db, round)
    const examples = await searchOf(project.path).examples('ada')
    expect([examples.minVotes, ids(examples, 'smooth_yes'), ids(examples, 'smooth_no')]).toEqual([1, ['g1', 'g3'], ['g2']])
  })
})

describe("by the annotator's answers", () => {
  test('a project without votes shows what the annotator answered, starred galaxies first, then the latest', async () => {
    const { path, db } = surveyProject({ count: 8 })
    for (const key of [1, 2, 3, 4, 5]) appendLabel(db, answerOf(key, 'smooth', 'yes'))
    appendLabel(db, { ...answerOf(2, '', ''), kind: 'star' })
    appendLabel(db, answerOf(6, 'smooth', 'no'))
    appendLabel(db, answerOf(7, 'smooth', 'yes', 'bob'))
    const search = searchOf(path)
    const examples = await search.examples('ada')
    expect(examples.minVotes).toBeNull()
    expect(ids(examples, 'smooth_yes')).toEqual(['g2', 'g5', 'g4', 'g3'])
    expect(ids(examples, 'smooth_no')).toEqual(['g6'])
    expect(examples.answers.smooth_yes![0]).toMatchObject({ source: 'own', fraction: null, votes: null, isStarred: true })
    expect(ids(await search.examples('bob'), 'smooth_yes')).toEqual(['g7'])
    expect(await search.examples('eve')).toEqual({ minVotes: null, answers: {} })
  })

  test('starred ones come before those of the votes, others after them', async () => {
    const { path, db } = votedSurvey([40, 36, 0, 0, 0])
    appendLabel(db, answerOf(3, 'smooth', 'yes'))
    appendLabel(db, { ...answerOf(3, '', ''), kind: 'star' })
    appendLabel(db, answerOf(4, 'smooth', 'yes'))
    expect(ids(await searchOf(path).examples('ada'), 'smooth_yes')).toEqual(['g3', 'g1', 'g2', 'g4'])
  })

  test('a galaxy that the annotator answered otherwise is no example by its votes', async () => {
    const { path, db } = votedSurvey([40, 36])
    const search = searchOf(path)
    appendLabel(db, answerOf(1, 'smooth', 'no'))
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g2'])
    expect(ids(await search.examples('ada'), 'smooth_no')).toEqual(['g1'])
    expect(ids(await search.examples('bob'), 'smooth_yes')).toEqual(['g1', 'g2'])
  })

  test('follow every change of the log, also what is taken back', async () => {
    const { path, db } = surveyProject({ count: 3 })
    const search = searchOf(path)
    expect((await search.examples('ada')).answers).toEqual({})
    appendLabel(db, answerOf(1, 'smooth', 'yes'))
    appendLabel(db, answerOf(2, 'smooth', 'yes'))
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g2', 'g1'])
    undoLatest(db, { uuid: nextUuid(), annotator: 'ada' })
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g1'])
    appendLabel(db, answerOf(1, 'smooth', 'no'))
    expect((await search.examples('ada')).answers).toMatchObject({ smooth_no: [{ id: 'g1' }] })
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual([])
  })

  test('none of the test set and none of the open round is one', async () => {
    const { path, db } = surveyProject({ count: 4 })
    for (const key of [1, 2, 3]) appendLabel(db, answerOf(key, 'smooth', 'yes'))
    db.prepare("INSERT INTO held_out (galaxy_key, side) VALUES (1, 'test')").run()
    const round = open(db, [2])
    const search = searchOf(path)
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g3'])
    closeRound(db, round)
    expect(ids(await search.examples('ada'), 'smooth_yes')).toEqual(['g3', 'g2'])
  })
})

test('asked for at once by several, examples are the same as one by one', async () => {
  const { path } = votedSurvey(Array.from({ length: 60 }, (_, i) => (i * 7) % 41))
  const search = searchOf(path)
  const together = await Promise.all([search.examples('ada'), search.examples('ada'), search.examples('bob')])
  const alone = await searchOf(path).examples('ada')
  for (const examples of together) expect(examples).toEqual(alone)
})
