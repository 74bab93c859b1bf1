import { expect, test } from 'vitest'
import { builtInTrees, findTree } from '@shared/science/tree/built-in'
import { answerNames } from '@shared/science/tree/decision-tree'
import { planColumns } from '@main/ingest/columns/columns'
import { makeRowReader } from '@main/ingest/read-row'
import { isFault } from '@main/ingest/refusal'

/** From the column descriptions of the table of Hart et al. 2016 and the tree of Willett et al. 2013. */
const meaning: readonly (readonly [column: string, question: string, answer: string])[] = [
  ['t01_smooth_or_features_a01_smooth_count', 'smooth-or-featured', 'smooth'],
  ['t01_smooth_or_features_a02_features_or_disk_count', 'smooth-or-featured', 'featured-or-disk'],
  ['t01_smooth_or_features_a03_star_or_artifact_count', 'smooth-or-featured', 'artifact'],
  ['t02_edgeon_a04_yes_count', 'disk-edge-on', 'yes'],
  ['t02_edgeon_a05_no_count', 'disk-edge-on', 'no'],
  ['t03_bar_a06_bar_count', 'bar', 'yes'],
  ['t03_bar_a07_no_bar_count', 'bar', 'no'],
  ['t04_spiral_a08_spiral_count', 'has-spiral-arms', 'yes'],
  ['t04_spiral_a09_no_spiral_count', 'has-spiral-arms', 'no'],
  ['t05_bulge_prominence_a10_no_bulge_count', 'bulge-size', 'no'],
  ['t05_bulge_prominence_a11_just_noticeable_count', 'bulge-size', 'just-noticeable'],
  ['t05_bulge_prominence_a12_obvious_count', 'bulge-size', 'obvious'],
  ['t05_bulge_prominence_a13_dominant_count', 'bulge-size', 'dominant'],
  ['t06_odd_a14_yes_count', 'something-odd', 'yes'],
  ['t06_odd_a15_no_count', 'something-odd', 'no'],
  ['t07_rounded_a16_completely_round_count', 'how-rounded', 'round'],
  ['t07_rounded_a17_in_between_count', 'how-rounded', 'in-between'],
  ['t07_rounded_a18_cigar_shaped_count', 'how-rounded', 'cigar'],
  ['t08_odd_feature_a19_ring_count', 'odd-feature', 'ring'],
  ['t08_odd_feature_a20_lens_or_arc_count', 'odd-feature', 'lens-or-arc'],
  ['t08_odd_feature_a21_disturbed_count', 'odd-feature', 'disturbed'],
  ['t08_odd_feature_a22_irregular_count', 'odd-feature', 'irregular'],
  ['t08_odd_feature_a23_other_count', 'odd-feature', 'other'],
  ['t08_odd_feature_a24_merger_count', 'odd-feature', 'merger'],
  ['t08_odd_feature_a38_dust_lane_count', 'odd-feature', 'dust-lane'],
  ['t09_bulge_shape_a25_rounded_count', 'bulge-shape', 'round'],
  ['t09_bulge_shape_a26_boxy_count', 'bulge-shape', 'boxy'],
  ['t09_bulge_shape_a27_no_bulge_count', 'bulge-shape', 'no-bulge'],
  ['t10_arms_winding_a28_tight_count', 'spiral-winding', 'tight'],
  ['t10_arms_winding_a29_medium_count', 'spiral-winding', 'medium'],
  ['t10_arms_winding_a30_loose_count', 'spiral-winding', 'loose'],
  ['t11_arms_number_a31_1_count', 'spiral-arm-count', '1'],
  ['t11_arms_number_a32_2_count', 'spiral-arm-count', '2'],
  ['t11_arms_number_a33_3_count', 'spiral-arm-count', '3'],
  ['t11_arms_number_a34_4_count', 'spiral-arm-count', '4'],
  ['t11_arms_number_a36_more_than_4_count', 'spiral-arm-count', 'more-than-4'],
  ['t11_arms_number_a37_cant_tell_count', 'spiral-arm-count', 'cant-tell'],
]
const gz2 = findTree('gz2')
const columns = ['dr7objid', ...meaning.map(([column]) => column)]

/** The votes of a row in which the answers have these counts, by `question_answer`. */
function votesFor(names: readonly string[], countOf: (column: string) => number): Map<string, number> {
  const plan = planColumns(names, {}, gz2, builtInTrees)
  const galaxy = makeRowReader(plan)({
    row: 2,
    values: names.map((name) => (name === 'dr7objid' ? '587732578312454276' : `${countOf(name)}`)),
  })
  if (isFault(galaxy)) throw new Error(galaxy.message)
  expect(plan.votes.sets.map((set) => [set.campaign, set.tree.id])).toEqual([['gz2', 'gz2']])
  return new Map(answerNames(gz2).map((name, i) => [name, galaxy.votes[0]![i]!]))
}

test('the raw table has one column for each of the 37 answers of the tree', () => {
  expect(meaning.map(([, question, answer]) => `${question}_${answer}`).sort()).toEqual([...answerNames(gz2)].sort())
})

test.each(meaning)('%s holds the votes for %s: %s', (column, question, answer) => {
  const votes = votesFor(columns, (name) => (name === column ? 41 : 0))
  expect([...votes].filter(([, count]) => count > 0)).toEqual([[`${question}_${answer}`, 41]])
})

test('the order of the columns makes no difference', () => {
  const countOf = (name: string) => columns.indexOf(name)
  expect(votesFor([...columns].reverse(), countOf)).toEqual(votesFor(columns, countOf))
})

test('weights, fractions, debiased values and flags of the raw table are metadata', () => {
  const companions = ['weight', 'fraction', 'weighted_fraction', 'debiased', 'flag'].map((ending) => `t03_bar_a06_bar_${ending}`)
  const plan = planColumns([...columns, ...companions], {}, gz2, builtInTrees)
  expect(plan.metadata.map((column) => plan.columns[column])).toEqual(companions)
})

test('a raw vote column whose words do not fit its number is refused', () => {
  const wrong = columns.map((name) => (name === 't03_bar_a06_bar_count' ? 't03_bar_a06_barr_count' : name))
  expect(() => planColumns(wrong, {}, gz2, builtInTrees)).toThrow(/"t03_bar_a06_barr_count" \(did you mean "t03_bar_a06_bar_count"\?\)/)
})
