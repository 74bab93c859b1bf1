import { describe, expect, test } from 'vitest'
import type { SearchColumns } from '@shared/contract/search'
import { FilterError, placeOfFault } from '@shared/science/filter/filter-error'
import { parseTreeOf } from '@shared/science/filter/parse-filter'
import { draftOf, emptyDraft, toCondition } from '@renderer/condition-draft'
import { filterOf, partsOf, withoutPart, withPart } from '@renderer/filter-chips'
import { completionsAt } from '@renderer/filter-completion'

const column = (name: string, group: SearchColumns['columns'][number]['group'], kind: 'number' | 'text' = 'number') => ({
  name,
  kind,
  group,
  usesVotes: group === 'fraction' || group === 'votes',
  low: 0,
  high: 1,
})
const columns: SearchColumns = {
  columns: [
    column('id', 'galaxy', 'text'),
    column('ra', 'galaxy'),
    column('smooth_yes', 'fraction'),
    column('bar_yes', 'fraction'),
    column('votes(bar)', 'votes'),
    column('predicted.bar_yes', 'prediction'),
    column('`petro r90`', 'metadata'),
  ],
  states: ['labelled', 'pool'],
  questions: [
    { name: 'smooth', answers: ['yes', 'no'] },
    { name: 'bar', answers: ['yes', 'no'] },
  ],
  models: [],
  rounds: [0, 1],
  annotators: ['Ada'],
}
const offered = (text: string, isAsked = false) => completionsAt(text, text.length, columns, isAsked).options.map((option) => option.text)

describe('completion', () => {
  test('offers names that begin so, then those with a part that does', () => {
    expect(offered('ba')).toEqual(['bar_yes', 'votes(bar)', 'predicted.bar_yes'])
    expect(offered('ra > 3 and BA')[0]).toBe('bar_yes')
    expect(offered('petro')).toEqual(['`petro r90`'])
  })

  test('offers nothing before a letter is written, unless asked, and nothing that is written already', () => {
    expect(offered('ra > 3 and ')).toEqual([])
    expect(offered('', true).length).toBeGreaterThan(5)
    expect(offered('bar_yes')).toEqual(['predicted.bar_yes'])
  })

  test('knows what can stand in its place', () => {
    expect(offered('answered(', true)).toEqual(['smooth)', 'bar)'])
    expect(offered('answered(bar) = ', true)).toEqual(['yes', 'no'])
    expect(offered('answered(bar) != n')).toEqual(['no'])
    expect(offered('annotator = "', true)).toEqual(['Ada"'])
    expect(offered('in-round ', true)).toEqual(['0', '1'])
  })

  test('takes the place of the word that was begun', () => {
    expect(completionsAt('ra > 3 and ba and dec > 1', 13, columns).from).toBe(11)
  })
})

describe('chips', () => {
  test('are the parts that must all hold, and taking one out leaves the others', () => {
    const filter = 'ra > 3 and (labelled or pool) and not id = "a"'
    expect(partsOf(filter)).toHaveLength(3)
    expect(withoutPart(filter, 1)).toBe('ra > 3 and not id = "a"')
    expect(withoutPart('ra > 3', 0)).toBe('')
    expect(partsOf('')).toEqual([])
  })

  test('one more part keeps an or together', () => {
    expect(withPart('labelled or pool', parseTreeOf('ra > 3'), null)).toBe('(labelled or pool) and ra > 3')
    expect(withPart('', parseTreeOf('ra > 3'), null)).toBe('ra > 3')
    expect(filterOf([parseTreeOf('ra > 3 and dec > 1'), parseTreeOf('pool')])).toBe('ra > 3 and dec > 1 and pool')
  })

  test('a text that is no filter is refused with the place', () => {
    expect(() => withPart('ra >', parseTreeOf('pool'), null)).toThrow(FilterError)
  })
})

describe('the form of a condition', () => {
  const draft = emptyDraft(columns)
  const text = (changes: Partial<typeof draft>, isText = false) => filterOf([toCondition({ ...draft, ...changes }, isText)])

  test('writes what the filter language reads as the same', () => {
    expect(text({ column: 'votes(bar)', operator: '>=', value: ' 20 ' })).toBe('votes(bar) >= 20')
    expect(text({ column: 'id', operator: '~', value: '58*' }, true)).toBe('id ~ "58*"')
    expect(text({ column: '`petro r90`', operator: 'known', isNot: true })).toBe('not known(`petro r90`)')
    expect(text({ kind: 'state', state: 'pool' })).toBe('pool')
    expect(text({ kind: 'cone', raDeg: '180', decDeg: '-1.5', radius: '2' })).toBe('cone(180, -1.5, 2 arcmin)')
    expect(text({ kind: 'answered', question: 'bar', answer: 'yes' })).toBe('answered(bar) = yes')
    expect(text({ kind: 'answered', question: 'bar', answer: '' })).toBe('answered(bar)')
    expect(text({ kind: 'in-round' })).toBe('in-round 1')
    expect(text({ kind: 'annotator' })).toBe('annotator = "Ada"')
  })

  test.each([
    'votes(bar) >= 20',
    'not bar_yes > 0.5',
    'id ~ "58*"',
    'known(`petro r90`)',
    'not pool',
    'cone(180, -1.5, 2 arcmin)',
    'answered(bar) = yes',
    'not answered(bar)',
    'in-round 1',
    'annotator = "Ada"',
    // These have no fields of their own.
    'answered(bar) != yes',
    'annotator ~ "A*"',
    'labelled or pool',
    'not (labelled and pool)',
    'not not labelled',
    'score@0 > 0.2',
    'in-round 7',
  ])('opens with the values of %s, and writes the same', (filter) => {
    const condition = parseTreeOf(filter)
    const opened = draftOf(condition, columns)
    expect(filterOf([toCondition(opened, opened.column === 'id')])).toBe(filter)
  })

  test('opens in the fields of its kind where there are such', () => {
    expect(draftOf(parseTreeOf('not cone(180, -1.5, 2 deg)'), columns)).toMatchObject({
      kind: 'cone',
      isNot: true,
      radius: '2',
      unit: 'deg',
    })
    expect(draftOf(parseTreeOf('bar_yes <= 0.25'), columns)).toMatchObject({
      kind: 'column',
      column: 'bar_yes',
      operator: '<=',
      value: '0.25',
    })
    expect(draftOf(parseTreeOf('labelled or pool'), columns)).toMatchObject({ kind: 'text', text: 'labelled or pool' })
  })

  test('takes a position in the base of 60', () => {
    expect(text({ kind: 'cone', raDeg: '12:30:00', decDeg: '-00 30 36', radius: '2' })).toBe('cone(187.5, -0.51, 2 arcmin)')
    expect(text({ kind: 'cone', raDeg: '12d30m0s', decDeg: '-0°30′36″', radius: '2' })).toBe('cone(12.5, -0.51, 2 arcmin)')
  })

  test('says what is missing where a number is wanted', () => {
    expect(() => text({ value: '' })).toThrow('Nothing is written where a value to compare with is wanted')
    expect(() => text({ kind: 'cone', raDeg: '12h', decDeg: '1' })).toThrow('"12h" is written where a right ascension')
    expect(() => text({ kind: 'cone', raDeg: '1', decDeg: '12h34m56s' })).toThrow(
      '"12h34m56s" is written where a declination is wanted. Write degrees, such as -1.5 or -1:30:00; hours are for a right ascension.',
    )
    expect(() => text({ kind: 'cone', raDeg: '25h0m0s', decDeg: '1' })).toThrow(
      'Write degrees, such as 187.5 or 187d30m0s, or hours, such as 12:30:00.',
    )
  })
})

test('the place of a fault is read from its message as it was written into it', () => {
  expect(placeOfFault(new FilterError('filter/syntax', 'Expected a number.', 36).message)).toBe(36)
  expect(placeOfFault(new FilterError('filter/too-long', 'Too long.', null).message)).toBeNull()
})
