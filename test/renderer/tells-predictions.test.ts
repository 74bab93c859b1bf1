import { expect, test } from 'vitest'
import { tellsPredictions } from '@renderer/tells-predictions'

const search = (filter: string, sort: string | null = null) => ({ filter, sort, descending: false })

test.each([
  ['predicted.bar_strong > 0.5', null, []],
  ['ra > 3 and not (dec < 1 or predicted.smooth_yes < 0.2)', null, []],
  ['', 'predicted.bar_strong', []],
  ['', null, ['ra', 'predicted.bar_strong']],
  ['predicted@`model-001`.bar_strong > 0.5', null, []],
])('%s, sorted by %s, with the columns %j tells what a model predicts', (filter, sort, shown) => {
  expect(tellsPredictions(search(filter, sort), shown)).toBe(true)
})

test('votes, scores, labels and places on the sky tell nothing of it', () => {
  expect(tellsPredictions(search('bar_strong > 0.5 and labelled', 'score'), ['ra', 'votes(bar)'])).toBe(false)
  expect(tellsPredictions(search(''))).toBe(false)
})
