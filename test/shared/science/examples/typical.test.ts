import { describe, expect, test } from 'vitest'
import { createTypicalFinder, type Typical } from '@shared/science/examples/typical'
import { createRandom } from '@shared/science/stats/random'
import { questionRanges } from '@shared/science/tree/decision-tree'
import { parseTree } from '@shared/science/tree/parse-tree'

const tree = parseTree({
  id: 'small',
  questions: [
    { name: 'smooth', answers: ['yes', 'no', 'artifact'] },
    { name: 'bar', answers: ['yes', 'no'], after: ['smooth_no'] },
  ],
})
const ANSWERS = 5

function typical(rows: readonly (readonly number[])[], options = { minVotes: 20, count: 3 }): Typical[][] {
  const finder = createTypicalFinder(tree, options)
  const counts = Uint16Array.from(rows.flat())
  rows.forEach((_, row) => finder.take(row, counts, row * ANSWERS))
  return finder.found_A()
}
const rowsOf = (found: Typical[][]) => found.map((ofAnswer) => ofAnswer.map(({ row }) => row))

describe('the typical galaxies of an answer', () => {
  test('have the highest vote fractions, told with their votes', () => {
    const found = typical([
      [30, 10, 0, 0, 0],
      [38, 2, 0, 0, 0],
      [20, 0, 0, 0, 0],
      [1, 39, 0, 5, 30],
    ])
    expect(rowsOf(found)).toEqual([[2, 1, 0], [3], [], [], [3]])
    expect(found[0]![1]).toEqual({ row: 1, fraction: 0.95, votes: 40 })
  })

  test('need enough votes at the question, and more for the answer than for any other', () => {
    expect(rowsOf(typical([[19, 0, 0, 0, 0]]))).toEqual([[], [], [], [], []])
    expect(rowsOf(typical([[20, 20, 0, 0, 0]]))).toEqual([[], [], [], [], []])
    expect(rowsOf(typical([[9, 8, 7, 0, 0]]))).toEqual([[0], [], [], [], []])
    expect(rowsOf(typical([[9, 8, 9, 0, 0]]))).toEqual([[], [], [], [], []])
  })

  test('of equal fractions have more votes, then the smaller row', () => {
    const all = [20, 30, 20, 30].map((votes) => [votes, 0, 0, 0, 0])
    expect(rowsOf(typical(all))[0]).toEqual([1, 3, 0])
  })

  test('are none without votes, and the most votes of a question are told', () => {
    const finder = createTypicalFinder(tree, { minVotes: 0, count: 3 })
    finder.take(0, [0, 0, 0, 0, 0], 0)
    expect([finder.found_A().flat(), finder.mostVotes]).toEqual([[], 0])
    finder.take(1, [1, 2, 0, 3, 4], 0)
    expect(finder.mostVotes).toBe(7)
  })

  test('are those that sorting all galaxies gives', () => {
    const random = createRandom(5, 'typical')
    const rows = Array.from({ length: 2_000 }, () => Array.from({ length: ANSWERS }, () => random.integer(14)))
    const expected = questionRanges(tree).flatMap(({ question, start, end }) =>
      question.answers.map((_, i) =>
        rows
          .map((counts, row) => {
            const own = counts.slice(start, end)
            const votes = own.reduce((sum, count) => sum + count, 0)
            const isFirst = own.every((count, j) => j === i || count < own[i]!)
            return { row, votes, fraction: own[i]! / votes, counts: votes >= 15 && isFirst }
          })
          .filter(({ counts }) => counts)
          .sort((a, b) => b.fraction - a.fraction || b.votes - a.votes || a.row - b.row)
          .slice(0, 8)
          .map(({ row }) => row),
      ),
    )
    expect(rowsOf(typical(rows, { minVotes: 15, count: 8 }))).toEqual(expected)
  })
})
