import { expect, test } from 'vitest'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { changeAnswer, questionsAsked } from '@shared/science/tree/flow'
import { createRandom, type Random } from '@shared/science/stats/random'
import { appendLabel, readLabelLog, readLabelState } from '@main/catalogue/labels'
import { redoLatest, undoLatest } from '@main/catalogue/undo'
import { answerOf, nextUuid, reopened, smallTree, surveyProject } from './support'

type Action = { galaxyKey: number } & ({ kind: 'answer'; question: string; answer: string } | { kind: 'skip' | 'flag' })

/** The expert's desk as two stacks; everything the log must agree with. */
type Desk = { done: Action[]; undone: Action[] }

const GALAXIES = 3

function stateOf(tree: DecisionTree, done: readonly Action[], galaxyKey: number) {
  let answers: { question: string; answer: string }[] = []
  let isSkipped = false
  let isFlagged = false
  for (const action of done.filter((each) => each.galaxyKey === galaxyKey)) {
    if (action.kind === 'answer') answers = changeAnswer(tree, answers, action)
    if (action.kind !== 'flag') isSkipped = action.kind === 'skip'
    if (action.kind === 'flag') isFlagged = !isFlagged
  }
  return { answers, isSkipped, isFlagged }
}

function drawAction(random: Random, done: readonly Action[]): Action {
  const galaxyKey = 1 + random.integer(GALAXIES)
  const kind = random.integer(8)
  if (kind === 0) return { galaxyKey, kind: 'skip' }
  if (kind === 1) return { galaxyKey, kind: 'flag' }
  const asked = questionsAsked(smallTree, stateOf(smallTree, done, galaxyKey).answers)
  const question = asked[random.integer(asked.length)]!
  return { galaxyKey, kind: 'answer', question: question.name, answer: question.answers[random.integer(question.answers.length)]! }
}

test.each([1, 2, 3, 4])('random work with undo, redo and restarts (seed %i) leaves what two stacks would leave', (seed) => {
  const project = surveyProject({ count: GALAXIES })
  let db = project.db
  const random = createRandom(seed, 'undo-property')
  const desk: Desk = { done: [], undone: [] }
  let entries = 0
  for (let step = 0; step < 100; step++) {
    const move = random.integer(10)
    const request = { uuid: nextUuid(), annotator: 'ada' }
    if (move < 3) {
      const action = desk.done.pop()
      if (action) desk.undone.push(action)
      expect(undoLatest(db, request)[0]?.galaxyKey).toBe(action?.galaxyKey)
      entries += action ? 1 : 0
    } else if (move < 5) {
      const action = desk.undone.pop()
      if (action) desk.done.push(action)
      expect(redoLatest(db, request)[0]?.galaxyKey).toBe(action?.galaxyKey)
      entries += action ? 1 : 0
    } else {
      const action = drawAction(random, desk.done)
      desk.done.push(action)
      desk.undone = []
      if (action.kind === 'answer') appendLabel(db, answerOf(action.galaxyKey, action.question, action.answer))
      else appendLabel(db, { ...request, ...action })
      entries++
    }
    if (random.integer(25) === 0) {
      db.close()
      db = reopened(project.path)
    }
    for (let galaxyKey = 1; galaxyKey <= GALAXIES; galaxyKey++) {
      const { answers, ...marks } = stateOf(smallTree, desk.done, galaxyKey)
      expect(readLabelState(db, galaxyKey, 'ada').answers).toEqual(answers)
      expect(readLabelState(db, galaxyKey, 'ada')).toMatchObject(marks)
    }
  }
  expect(readLabelLog(db, { limit: 1_000 })).toHaveLength(entries)
})
