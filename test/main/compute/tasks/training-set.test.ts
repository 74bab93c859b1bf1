import { expect, test } from 'vitest'
import { trainParamsSchema } from '@shared/contract/job'
import { parseTree } from '@shared/science/tree/parse-tree'
import { appendLabel } from '@main/catalogue/labels'
import { splitSurvey } from '@main/catalogue/splits'
import { chooseTrainingSet } from '@main/compute/tasks/training-set'
import { answerOf, surveyProject } from '../../catalogue/support'

test('a network of one answer learns the first root, wherever it stands in the file', () => {
  const tree = parseTree({
    id: 'turned',
    questions: [
      { name: 'bar', answers: ['yes', 'no'], after: ['shape_disk'] },
      { name: 'shape', answers: ['smooth', 'disk'] },
    ],
  })
  const { db, path } = surveyProject({ count: 12, tree })
  splitSurvey(db, { test: 0, initial: 8, seed: 1 })
  for (let key = 1; key <= 8; key++) appendLabel(db, answerOf(key, 'shape', key > 5 ? 'disk' : 'smooth'))
  for (const key of [6, 7, 8]) appendLabel(db, answerOf(key, 'bar', 'yes'))
  const chosen = chooseTrainingSet(path, trainParamsSchema.parse({}), true)
  expect([chosen.outputs, chosen.ids.length]).toEqual([['shape_smooth'], 8])
  expect(chooseTrainingSet(path, trainParamsSchema.parse({ question: 'bar' }), true)).toMatchObject({ outputs: ['bar_yes'], ids: ['g6', 'g7', 'g8'] })
})
