import { expect, test } from 'vitest'
import { resolvedAnswers } from '@shared/science/agreement/resolved-answers'
import { findTree } from '@shared/science/tree/built-in'

const gz2 = findTree('gz2')
const given = (answers: Record<string, string>) => Object.entries(answers).map(([question, answer]) => ({ question, answer }))

/** Something odd is asked at the end of either path, and both say no. */
const smooth = given({ 'smooth-or-featured': 'smooth', 'how-rounded': 'round', 'something-odd': 'no' })
const featured = given({
  'smooth-or-featured': 'featured-or-disk',
  'disk-edge-on': 'yes',
  'bulge-shape': 'no-bulge',
  'something-odd': 'no',
})
const edgeOn = given({ 'smooth-or-featured': 'featured-or-disk', 'disk-edge-on': 'yes' })
const resolve = (question: string, answer: string) => ({ question, answer })

test('nothing stands where the first question is open', () => {
  expect(resolvedAnswers(gz2, [smooth, featured], [])).toEqual([])
})

test('one annotator alone stands for themselves, and nobody gives no answers', () => {
  expect(resolvedAnswers(gz2, [smooth], [])).toEqual(smooth)
  expect(resolvedAnswers(gz2, [], [])).toEqual([])
})

test('who gave no answers takes nothing from what the others gave', () => {
  expect(resolvedAnswers(gz2, [smooth, [], smooth], [])).toEqual(smooth)
})

test('what was said by one of them only does not stand', () => {
  expect(resolvedAnswers(gz2, [smooth, featured], [resolve('smooth-or-featured', 'featured-or-disk')])).toEqual(
    given({ 'smooth-or-featured': 'featured-or-disk', 'something-odd': 'no' }),
  )
})

test('what all of them gave stands once the agreed path leads to it', () => {
  const resolves = [resolve('smooth-or-featured', 'smooth'), resolve('how-rounded', 'in-between')]
  expect(resolvedAnswers(gz2, [smooth, featured], resolves)).toEqual(
    given({ 'smooth-or-featured': 'smooth', 'how-rounded': 'in-between', 'something-odd': 'no' }),
  )
})

test('a later resolve of the same question replaces the earlier one, and drops what hung from it', () => {
  const resolves = [
    resolve('smooth-or-featured', 'featured-or-disk'),
    resolve('disk-edge-on', 'no'),
    resolve('smooth-or-featured', 'smooth'),
    resolve('smooth-or-featured', 'featured-or-disk'),
  ]
  expect(resolvedAnswers(gz2, [smooth, featured], resolves)).toEqual(
    given({ 'smooth-or-featured': 'featured-or-disk', 'something-odd': 'no' }),
  )
})

test('a resolve may set aside what all of them gave', () => {
  expect(resolvedAnswers(gz2, [edgeOn, edgeOn], [resolve('disk-edge-on', 'no')])).toEqual(
    given({ 'smooth-or-featured': 'featured-or-disk', 'disk-edge-on': 'no' }),
  )
})
