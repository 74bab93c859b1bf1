import { describe, expect, test } from 'vitest'
import { builtInTrees, findTree } from '@shared/science/tree/built-in'
import { answerNames, type DecisionTree } from '@shared/science/tree/decision-tree'
import { planColumns, type ColumnParams } from '@main/ingest/columns/columns'
import { makeRowReader } from '@main/ingest/read-row'
import { isFault } from '@main/ingest/refusal'

const dr5 = findTree('gz-decals-dr5')
const gz2 = findTree('gz2')
const plan = (columns: readonly string[], params: ColumnParams = {}, tree: DecisionTree = dr5) =>
  planColumns(columns, params, tree, builtInTrees)

function codeOf(columns: readonly string[], params: ColumnParams = {}, tree: DecisionTree = dr5): string {
  try {
    plan(columns, params, tree)
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

/** The row's votes per set, by `question_answer`, zeros left out; or the code of its fault. */
function read(columns: readonly string[], values: Record<string, string>, tree: DecisionTree = dr5) {
  const found = plan(columns, {}, tree)
  const galaxy = makeRowReader(found)({ row: 2, values: columns.map((name) => values[name] ?? (name === 'id' ? 'A' : '')) })
  if (isFault(galaxy)) return galaxy.code
  return found.votes.sets.map((set, index) => {
    const counts = galaxy.votes[index]
    return counts ? Object.fromEntries(answerNames(set.tree).flatMap((name, i) => (counts[i]! > 0 ? [[name, counts[i]]] : []))) : null
  })
}

describe('which galaxy a row is', () => {
  test.each(['id', 'id_str', 'ObjID', 'dr7objid', 'iauname', 'subject_id', 'galaxy_id'])('%s is an id', (name) => {
    expect(plan(['z', name]).id).toBe(1)
  })
  test.each(['file_name', 'filename', 'image', 'path', 'png_loc', 'jpg_loc', 'file_loc'])('%s names the image', (name) => {
    expect(plan(['id', name]).file).toBe(1)
  })
  test.each([
    ['ra', 'dec'],
    ['RA', 'DEC'],
    ['ra_deg', 'dec_deg'],
    ['RAJ2000', 'DEJ2000'],
    ['_RAJ2000', '_DEJ2000'],
  ])('%s and %s are the position', (ra, dec) => {
    const found = plan(['id', dec, ra])
    expect([found.ra, found.dec]).toEqual([2, 1])
  })
  test('the likeliest id wins, and the others are named', () => {
    const found = plan(['subject_id', 'iauname', 'nsa_id'])
    expect(found.columns[found.id]).toBe('iauname')
    expect(found.notes[0]).toBe('Id: column "iauname"; "subject_id" could be taken instead (--id).')
  })
  test('a named column goes before a detected one', () => {
    expect(plan(['id', 'nsa_id'], { idColumn: 'nsa_id' }).id).toBe(1)
  })
  test('a named column that is missing is an error that lists the columns', () => {
    expect(() => plan(['id', 'iauname'], { idColumn: 'iau_name' })).toThrow(
      'The table has no column "iau_name". Did you mean "iauname"? The columns are: id, iauname.',
    )
    expect(codeOf(['id'], { raColumn: 'ra' })).toBe('import/missing-column')
    expect(codeOf(['id'], { pixelScale: 'scale' })).toBe('import/missing-column')
  })
  test('a table without an id is an error', () => expect(codeOf(['ra', 'dec'])).toBe('import/no-id-column'))
  test('half a position is none, and the report says so', () => {
    const found = plan(['id', 'ra'])
    expect([found.ra, found.dec, found.metadata]).toEqual([null, null, [1]])
    expect(found.notes.join(' ')).toContain('--dec')
  })
  test('pixel scale is one number, a column, or unknown', () => {
    expect(plan(['id'], { pixelScale: 0.396 }).pixelScale).toEqual({ arcsec: 0.396 })
    expect(plan(['id'], { pixelScale: '0.262' }).pixelScale).toEqual({ arcsec: 0.262 })
    expect(plan(['id', 'px'], { pixelScale: 'px' }).pixelScale).toEqual({ column: 1 })
    expect(plan(['id', 'pixel_scale']).pixelScale).toEqual({ column: 1 })
    expect(plan(['id']).pixelScale).toBeNull()
    expect(codeOf(['id'], { pixelScale: '-1' })).toBe('import/bad-pixel-scale')
  })
})

describe('votes', () => {
  const bar = ['bar_strong', 'bar_weak', 'bar_no']
  test('columns are known whatever their order, case and separators', () => {
    expect(read(['BAR_No', 'bar weak', 'id', 'bar_strong'], { BAR_No: '3', 'bar weak': '2', bar_strong: '1' })).toEqual([
      { bar_strong: 1, bar_weak: 2, bar_no: 3 },
    ])
  })
  test('18.0 is 18, and blank is no vote', () => {
    expect(read(['id', ...bar], { bar_strong: '18.0', bar_weak: '' })).toEqual([{ bar_strong: 18 }])
    expect(read(['id', ...bar], {})).toEqual([null])
  })
  test.each([
    ['-1', 'import/negative-votes'],
    ['2.5', 'import/fractional-votes'],
    ['NaN', 'import/bad-number'],
    ['nan', 'import/bad-number'],
    ['inf', 'import/bad-number'],
    ['0x10', 'import/bad-number'],
    ['many', 'import/bad-number'],
    ['65536', 'import/too-many-votes'],
  ])('%s votes are refused', (text, code) => expect(read(['id', ...bar], { bar_weak: text })).toBe(code))
  test('65,535 votes are kept', () => expect(read(['id', ...bar], { bar_weak: '65535' })).toEqual([{ bar_weak: 65_535 }]))

  test('a total must be the sum of the answers, and may be blank', () => {
    const columns = ['id', ...bar, 'bar_total-votes']
    expect(read(columns, { bar_strong: '1', bar_no: '4', 'bar_total-votes': '5.0' })).toEqual([{ bar_strong: 1, bar_no: 4 }])
    expect(read(columns, { bar_strong: '1', bar_no: '4', 'bar_total-votes': '6' })).toBe('import/total-mismatch')
    expect(read(columns, { bar_strong: '1', bar_no: '4' })).toEqual([{ bar_strong: 1, bar_no: 4 }])
  })

  test('campaigns are vote sets of their own', () => {
    const columns = [
      'id',
      ...bar.map((name) => name.replace('bar', 'bar-dr5')),
      ...bar.map((name) => name.replace('bar', 'bar-dr8')),
      'bar-dr8_total-votes',
    ]
    const found = plan(columns)
    expect(found.votes.sets.map((set) => set.campaign)).toEqual(['dr5', 'dr8'])
    expect(found.notes.join(' ')).toContain('kept apart, never added up')
    expect(read(columns, { 'bar-dr5_no': '4', 'bar-dr8_weak': '7', 'bar-dr8_total-votes': '7' })).toEqual([{ bar_no: 4 }, { bar_weak: 7 }])
    expect(read(columns, { 'bar-dr5_no': '4', 'bar-dr8_weak': '7', 'bar-dr8_total-votes': '11' })).toBe('import/total-mismatch')
  })
  test('a campaign that asked other answers is a set of its own tree, not used', () => {
    const columns = ['id', ...bar, 'bar-dr12_yes', 'bar-dr12_no']
    const found = plan(columns)
    expect(found.votes.sets.map((set) => [set.campaign, set.tree.id, set.isOwnTree])).toEqual([
      ['volunteers', 'gz-decals-dr5', true],
      ['dr12', 'gz-decals-dr12', false],
    ])
    expect(read(columns, { bar_weak: '2', 'bar-dr12_yes': '9' })).toEqual([{ bar_weak: 2 }, { bar_yes: 9 }])
  })

  const merging = ['merging_none', 'merging_minor-disturbance', 'merging_major-disturbance', 'merging_merger']
  const v1 = ['merging_neither-v1', 'merging_tidal-debris-v1', 'merging_both-v1']
  test('votes for another version of a question are not mixed with the shared answer', () => {
    const columns = ['id', ...merging, ...v1, 'merging_total-votes']
    const other = { merging_merger: '5', 'merging_neither-v1': '25', 'merging_both-v1': '1', 'merging_total-votes': '31' }
    expect(read(columns, other)).toEqual([null, { merging_merger: 5, merging_neither: 25, merging_both: 1 }])
    expect(read(columns, { merging_merger: '5', merging_none: '9', 'merging_total-votes': '14' })).toEqual([
      { merging_merger: 5, merging_none: 9 },
      null,
    ])
    expect(read(columns, { merging_merger: '5' })).toEqual([null, null])
    expect(read(columns, { merging_none: '1', 'merging_neither-v1': '1' })).toBe('import/mixed-campaigns')
    // The project's own tree may be the one whose version the columns name.
    const dr12 = findTree('gz-decals-dr12')
    expect(read(columns, other, dr12)).toEqual([{ merging_merger: 5, merging_neither: 25, merging_both: 1 }, null])
    expect(read(columns, { merging_merger: '5', merging_none: '9', 'merging_total-votes': '14' }, dr12)?.[0]).toBeNull()
    // Or neither: what is only kept must be right too.
    expect(read(columns, other, gz2)).toEqual([null, { merging_merger: 5, merging_neither: 25, merging_both: 1 }])
  })

  test('a misspelt column is refused with the likely right one', () => {
    const misspelt = ['id', 'bar_strong', 'bar_week', 'bar_no']
    expect(codeOf(misspelt)).toBe('import/unknown-vote-column')
    expect(() => plan(misspelt)).toThrow('"bar_week" (did you mean "bar_weak"?)')
    expect(() => plan(['id', ...bar.map((name) => name.replace('bar', 'baar'))])).toThrow(
      /"baar_strong".*"bar_strong".*"baar_no".*"bar_no"/,
    )
    expect(() => plan(['id', ...bar, 'bar_total-vots'])).toThrow('"bar_total-votes"')
    expect(() => plan(['id', 'bar-dr5_strong', 'bar-dr5_weak', 'bar-dr5_noo'])).toThrow('"bar-dr5_no"')
  })
  test('a question with one of its columns missing is refused', () => {
    expect(codeOf(['id', 'bar_strong', 'bar_no'])).toBe('import/missing-vote-column')
    expect(() => plan(['id', 'bar_strong', 'bar_no'])).toThrow('no column "bar_weak"')
  })
  test('two columns for one answer are refused', () => expect(codeOf(['id', ...bar, 'bar_no_count'])).toBe('import/duplicate-column'))

  test('fractions, bounds and other columns are metadata', () => {
    const others = [
      'bar_weak_fraction',
      'bar_no_debiased',
      'bar_strong_min',
      'bar_strong_90pc-lower',
      'bar_proportion-asked',
      'bar_proportion_volunteers_asked',
      'redshift',
      'bar_length',
    ]
    const found = plan(['id', ...bar, ...others])
    expect(found.metadata.map((column) => found.columns[column])).toEqual(others)
  })
  test('questions without columns are not asked, and the report names them', () => {
    expect(plan(['id', ...bar]).notes.join(' ')).toMatch(
      /1 of 10 questions of gz-decals-dr5; without columns, so not asked: smooth-or-featured, /,
    )
  })
  test('all columns of a built-in tree make one vote set', () => {
    for (const tree of builtInTrees) {
      const { sets } = plan(['id', ...answerNames(tree)], {}, tree).votes
      expect(sets.map((set) => [set.tree.id, set.questions.length])).toEqual([[tree.id, tree.questions.length]])
    }
  })
})

describe('one column of ring: 1 or 0', () => {
  const rings = findTree('rings')
  test('is one vote in a project about rings', () => {
    expect(read(['id', 'ring'], { ring: '1' }, rings)).toEqual([{ ring_yes: 1 }])
    expect(read(['id', 'ring'], { ring: '0' }, rings)).toEqual([{ ring_no: 1 }])
    expect(read(['id', 'ring'], {}, rings)).toEqual([null])
    expect(read(['id', 'ring'], { ring: '2' }, rings)).toBe('import/bad-number')
  })
  test('is metadata in another project', () => expect(plan(['id', 'ring'], {}, gz2).metadata).toEqual([1]))
})
