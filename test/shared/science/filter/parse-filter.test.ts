import { describe, expect, it } from 'vitest'
import { parseColumn, parseColumns } from '@shared/science/filter/column'
import { FilterError } from '@shared/science/filter/filter-error'
import { states, type Column, type FilterTree } from '@shared/science/filter/filter-tree'
import { formatFilter } from '@shared/science/filter/format-filter'
import { parseFilter, parseTreeOf } from '@shared/science/filter/parse-filter'
import { createRandom } from '@shared/science/stats/random'

const named = (name: string): Column => ({ kind: 'named', name })
const flagged: FilterTree = { kind: 'state', state: 'flagged' }
const test: FilterTree = { kind: 'state', state: 'test' }
const pool: FilterTree = { kind: 'state', state: 'pool' }

function faultOf(text: string): { code: string; at: number | null; message: string } {
  try {
    parseFilter(text)
  } catch (error) {
    if (error instanceof FilterError) return { code: error.code, at: error.at, message: error.message }
    throw error
  }
  throw new Error(`${text} was read`)
}

describe('a filter is read', () => {
  it.each<[string, FilterTree]>([
    ['smooth-or-featured_smooth > 0.8', { kind: 'number', column: named('smooth-or-featured_smooth'), operator: '>', value: 0.8 }],
    ['votes(bar)>=20', { kind: 'number', column: { kind: 'votes', question: 'bar' }, operator: '>=', value: 20 }],
    [
      'predicted.bar_strong < 3e-1',
      { kind: 'number', column: { kind: 'predicted', model: null, answer: 'bar_strong' }, operator: '<', value: 0.3 },
    ],
    [
      'predicted@model-003.bar_strong != .5',
      { kind: 'number', column: { kind: 'predicted', model: 'model-003', answer: 'bar_strong' }, operator: '!=', value: 0.5 },
    ],
    ['score>-1', { kind: 'number', column: { kind: 'score', round: null }, operator: '>', value: -1 }],
    ['score@2 = 0', { kind: 'number', column: { kind: 'score', round: 2 }, operator: '=', value: 0 }],
    ['`petro r90` == 4', { kind: 'number', column: named('petro r90'), operator: '=', value: 4 }],
    ['metadata.ra <> 4', { kind: 'number', column: { kind: 'metadata', name: 'ra' }, operator: '!=', value: 4 }],
    ['id ~ "58*"', { kind: 'text', column: named('id'), operator: '~', value: '58*' }],
    [String.raw`survey = "a \"b\" \\"`, { kind: 'text', column: named('survey'), operator: '=', value: String.raw`a "b" \ `.trim() }],
    ['cone(185.1, -0.5, 30 arcmin)', { kind: 'cone', raDeg: 185.1, decDeg: -0.5, radius: 30, unit: 'arcmin' }],
    ['known(ra)', { kind: 'known', column: named('ra') }],
    ['in-round 3', { kind: 'in-round', round: 3 }],
    ['annotator = "ada"', { kind: 'annotator', operator: '=', value: 'ada' }],
    ['answered(bar)', { kind: 'answered', question: 'bar', is: null }],
    ['answered(spiral-arm-count) = 2', { kind: 'answered', question: 'spiral-arm-count', is: { operator: '=', answer: '2' } }],
    ['answered(arms) != more-than-4', { kind: 'answered', question: 'arms', is: { operator: '!=', answer: 'more-than-4' } }],
    ['  ', { kind: 'and', of: [] }],
  ])('%s', (text, tree) => expect(parseTreeOf(text)).toEqual(tree))

  it('with not before and, and and before or', () => {
    const expected: FilterTree = { kind: 'or', of: [flagged, { kind: 'and', of: [{ kind: 'not', of: test }, pool] }] }
    expect(parseTreeOf('flagged or not test and pool')).toEqual(expected)
    expect(parseTreeOf('flagged OR ((NOT test) AND pool)')).toEqual(expected)
    expect(parseTreeOf('(flagged or not test) and pool')).toEqual({
      kind: 'and',
      of: [{ kind: 'or', of: [flagged, { kind: 'not', of: test }] }, pool],
    })
    expect(parseTreeOf('not (flagged or test)')).toEqual({ kind: 'not', of: { kind: 'or', of: [flagged, test] } })
  })

  it('with words of the language as names where they stand in backticks or before a comparison', () => {
    expect(parseTreeOf('`flagged` = 1')).toEqual({ kind: 'number', column: named('flagged'), operator: '=', value: 1 })
    expect(parseTreeOf('votes > 1 and known(known)')).toEqual({
      kind: 'and',
      of: [
        { kind: 'number', column: named('votes'), operator: '>', value: 1 },
        { kind: 'known', column: named('known') },
      ],
    })
  })

  it('and remembers where each part begins', () => {
    const { tree, places } = parseFilter('flagged and bar_strong > 1')
    expect(tree.kind === 'and' && tree.of.map((part) => places.get(part))).toEqual([0, 12])
  })
})

describe('a fault is named with its place', () => {
  it.each<[string, number, RegExp]>([
    ['bar_strong >', 12, /Expected a number, or a text in double quotes, after >, but the filter ends\. \(At character 13\.\)/],
    ['bar_strong > x', 13, /Expected a number.*but there is x/],
    ['bar_strong', 10, /Expected a comparison such as > or = after bar_strong/],
    ['labeled', 7, /did you mean labelled\?/],
    ['flagged test', 8, /Expected and, or, or the end of the filter, but there is test/],
    ['(flagged', 8, /the \) that closes the \( at character 1/],
    ['flagged)', 7, /the end of the filter, but there is \)/],
    ['and flagged', 4, /Expected a comparison.*after `and`/],
    ['flagged and', 11, /Expected a condition.*but the filter ends/],
    ['0.5 < bar_strong', 0, /Expected a condition: a column/],
    ['id > "a"', 3, /Expected =, != or ~ before a text, but there is >/],
    ['ra ~ 3', 5, /a text in double quotes after ~/],
    ['cone(1, 2, 3)', 12, /Expected arcsec, arcmin or deg after the radius/],
    ['cone(1 2, 3 deg)', 7, /Expected , after the right ascension/],
    ['annotator = ada', 12, /a text in double quotes, as in annotator = "ada"/],
    ['in-round three', 9, /Expected the number of a round/],
    ['in-round 1.5', 9, /Expected the number of a round/],
    ['score@1.5 > 0', 6, /Expected the number of a round after @/],
    ['id = "a', 5, /This text has no end/],
    ['`petro', 0, /This name has no end/],
    ['flagged & test', 8, /"&" means nothing in a filter/],
    ['2mass > 3', 0, /"2mass" is neither a number nor a name/],
    ['ra > 1e999', 5, /too large/],
  ])('%s', (text, at, message) => {
    expect(faultOf(text)).toMatchObject({ code: 'filter/syntax', at, message: expect.stringMatching(message) })
  })

  it.each(['cone(361, 0, 1 deg)', 'cone(-1, 0, 1 deg)', 'cone(0, 90.1, 1 deg)', 'cone(0, 0, -1 deg)'])(
    '%s is no place on the sky',
    (text) => expect(faultOf(text)).toMatchObject({ code: 'filter/bad-cone', at: 4 }),
  )

  it('however deep or long it is', () => {
    expect(faultOf(`${'('.repeat(5_000)}flagged`).code).toBe('filter/too-deep')
    expect(faultOf('not '.repeat(2_000)).code).toBe('filter/too-deep')
    expect(faultOf(`flagged${' or flagged'.repeat(2_000)}`).code).toBe('filter/too-long')
    expect(parseTreeOf(`${'('.repeat(90)}flagged${')'.repeat(90)}`)).toEqual(flagged)
  })
})

describe('columns', () => {
  it('are read from a list', () => {
    expect(parseColumns('ra, `a, b`,votes(bar)')).toEqual([named('ra'), named('a, b'), { kind: 'votes', question: 'bar' }])
    expect(parseColumns(' ')).toEqual([])
    expect(() => parseColumns('ra dec')).toThrow(/a comma after the column ra/)
    expect(() => parseColumn('ra, dec')).toThrow(/nothing after the column ra/)
  })
})

/** Any tree that can be written: several parts in each and and or. */
function randomTree(depth: number, random: ReturnType<typeof createRandom>): FilterTree {
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)]!
  const name = () =>
    pick(['bar_strong', 'a', 'AND', 'flagged', 'score', 'votes', 'petro r90', 'x`y', '2mass', 'Größe', 'a.b', '1', 'known'])
  const text = () => pick(['', 'ada', 'a"b', String.raw`\ and \"`, '58*', 'two\nlines'])
  const column = (): Column =>
    pick<Column>([
      named(name()),
      { kind: 'metadata', name: name() },
      { kind: 'votes', question: name() },
      { kind: 'predicted', model: pick([null, name()]), answer: name() },
      { kind: 'score', round: pick([null, 4]) },
    ])
  const number = () => pick([0, -3, 0.1, 1e-9, 2.5e30, 17])
  const parts = () => Array.from({ length: 2 + random.integer(2) }, () => randomTree(depth - 1, random))
  if (depth > 0 && random.next() < 0.6) {
    return pick<() => FilterTree>([
      () => ({ kind: 'and', of: parts() }),
      () => ({ kind: 'or', of: parts() }),
      () => ({ kind: 'not', of: randomTree(depth - 1, random) }),
    ])()
  }
  return pick<() => FilterTree>([
    () => ({ kind: 'number', column: column(), operator: pick(['=', '!=', '<', '<=', '>', '>=']), value: number() }),
    () => ({ kind: 'text', column: column(), operator: pick(['=', '!=', '~']), value: text() }),
    () => ({ kind: 'known', column: column() }),
    () => ({ kind: 'cone', raDeg: 12.25, decDeg: -0.5, radius: 1.5, unit: pick(['arcsec', 'arcmin', 'deg']) }),
    () => ({ kind: 'state', state: pick(states) }),
    () => ({ kind: 'in-round', round: 7 }),
    () => ({ kind: 'annotator', operator: pick(['=', '!=', '~']), value: text() }),
    () => ({ kind: 'answered', question: name(), is: pick([null, { operator: pick(['=', '!='] as const), answer: name() }]) }),
  ])()
}

describe('a filter that is written', () => {
  it('is read as the same tree, whatever it holds', () => {
    const random = createRandom(3, 'filters')
    const kinds = new Set<string>()
    for (let i = 0; i < 2_000; i++) {
      const tree = randomTree(4, random)
      const text = formatFilter(tree)
      kinds.add(tree.kind)
      expect(parseTreeOf(text), text).toEqual(tree)
      expect(formatFilter(parseTreeOf(text))).toBe(text)
    }
    expect(kinds.size).toBe(11)
  })

  it('has no more parentheses than it needs', () => {
    expect(formatFilter(parseTreeOf('((flagged) or ((test and (pool))))'))).toBe('flagged or (test and pool)'.replace(/[()]/g, ''))
    expect(formatFilter(parseTreeOf('not (flagged or test) and (test or pool)'))).toBe('not (flagged or test) and (test or pool)')
  })
})
