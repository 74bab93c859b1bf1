import { plainName } from './names'

/**
 * Columns of the raw Galaxy Zoo 2 table (Hart et al. 2016), `tNN_<task>_aNN_<answer>_count`, as `question_answer` of the tree `gz2`.
 * Written out name by name: bulge prominence runs from none to dominant, the reverse of the tree, and t03 is the bar, t04 the spiral arms.
 */
export const rawGz2Answers = {
  t01_smooth_or_features_a01_smooth: 'smooth-or-featured_smooth',
  t01_smooth_or_features_a02_features_or_disk: 'smooth-or-featured_featured-or-disk',
  t01_smooth_or_features_a03_star_or_artifact: 'smooth-or-featured_artifact',
  t02_edgeon_a04_yes: 'disk-edge-on_yes',
  t02_edgeon_a05_no: 'disk-edge-on_no',
  t03_bar_a06_bar: 'bar_yes',
  t03_bar_a07_no_bar: 'bar_no',
  t04_spiral_a08_spiral: 'has-spiral-arms_yes',
  t04_spiral_a09_no_spiral: 'has-spiral-arms_no',
  t05_bulge_prominence_a10_no_bulge: 'bulge-size_no',
  t05_bulge_prominence_a11_just_noticeable: 'bulge-size_just-noticeable',
  t05_bulge_prominence_a12_obvious: 'bulge-size_obvious',
  t05_bulge_prominence_a13_dominant: 'bulge-size_dominant',
  t06_odd_a14_yes: 'something-odd_yes',
  t06_odd_a15_no: 'something-odd_no',
  t07_rounded_a16_completely_round: 'how-rounded_round',
  t07_rounded_a17_in_between: 'how-rounded_in-between',
  t07_rounded_a18_cigar_shaped: 'how-rounded_cigar',
  t08_odd_feature_a19_ring: 'odd-feature_ring',
  t08_odd_feature_a20_lens_or_arc: 'odd-feature_lens-or-arc',
  t08_odd_feature_a21_disturbed: 'odd-feature_disturbed',
  t08_odd_feature_a22_irregular: 'odd-feature_irregular',
  t08_odd_feature_a23_other: 'odd-feature_other',
  t08_odd_feature_a24_merger: 'odd-feature_merger',
  t08_odd_feature_a38_dust_lane: 'odd-feature_dust-lane',
  t09_bulge_shape_a25_rounded: 'bulge-shape_round',
  t09_bulge_shape_a26_boxy: 'bulge-shape_boxy',
  t09_bulge_shape_a27_no_bulge: 'bulge-shape_no-bulge',
  t10_arms_winding_a28_tight: 'spiral-winding_tight',
  t10_arms_winding_a29_medium: 'spiral-winding_medium',
  t10_arms_winding_a30_loose: 'spiral-winding_loose',
  t11_arms_number_a31_1: 'spiral-arm-count_1',
  t11_arms_number_a32_2: 'spiral-arm-count_2',
  t11_arms_number_a33_3: 'spiral-arm-count_3',
  t11_arms_number_a34_4: 'spiral-arm-count_4',
  t11_arms_number_a36_more_than_4: 'spiral-arm-count_more-than-4',
  t11_arms_number_a37_cant_tell: 'spiral-arm-count_cant-tell',
} as const

/** The names of the raw vote columns. */
export const rawGz2Columns = Object.keys(rawGz2Answers).map((name) => `${name}_count`)

const byPlainName = new Map(Object.entries(rawGz2Answers).map(([raw, answer]) => [plainName(`${raw}_count`), answer]))

/** The `question_answer` of the tree `gz2` that a raw vote column counts, null for any other column. */
export function rawGz2Answer(column: string): string | null {
  return byPlainName.get(plainName(column)) ?? null
}

/** A raw vote column by its form, whether or not its words are known. */
export function looksLikeRawGz2Votes(column: string): boolean {
  return /^t\d\d-.+-a\d\d-.+-count$/.test(plainName(column))
}
