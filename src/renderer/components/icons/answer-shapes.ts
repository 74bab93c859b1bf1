import { arms, cross, disc, dots, edgeOn, ellipse, faint, full, path, type Shape } from './shapes'

const noBar = [disc(2.6), ...arms(2, 0.42, { inner: 3.2 })]
const bar = (half: number): Shape[] => [full(ellipse(half, 1.5)), ...arms(2, 0.35, { inner: half, outer: 13 })]
const bulge = (radius: number): Shape[] => [ellipse(13.5, 13.5), ...(radius > 0 ? [disc(radius)] : [])]
const edgeBulge = (...shapes: Shape[]): Shape[] => [edgeOn(), ...shapes]
const winding = (turns: number): Shape[] => [disc(2.2), ...arms(2, turns)]
const counted = (count: number): Shape[] => [disc(1.8), ...arms(count, 0.4)]
const question = [path('M12.2 12.2a3.8 3.8 0 1 1 5.6 3.3c-1.2.7-1.8 1.4-1.8 3'), disc(1.1, { cx: 16, cy: 22.4 })]
const pair = [full(ellipse(5.5, 3.4, { cx: 11, cy: 13, degrees: -35 })), full(ellipse(5, 3, { cx: 20.5, cy: 19, degrees: 30 }))]
const tails = [path('M6.5 10C3 6 4.5 3 9 3.5'), path('M25 21.5c3.5 3.5 2.5 7-2 7')]
const alone = [full(ellipse(6, 4, { degrees: 25 }))]
const ringed = [ellipse(12.5, 9.5), disc(3)]

/**
 * The picture of every answer of the built-in trees, by `question_answer`; answers that mean the same have the same picture. Our own drawings: a sketch of
 * the galaxy that the answer is about, not a photograph, so that none of the examples is taken for the only right one.
 */
export const answerShapes: Readonly<Record<string, readonly Shape[]>> = {
  'smooth-or-featured_smooth': [full(ellipse(11, 8.5, { degrees: 20 }))],
  'smooth-or-featured_featured-or-disk': [ellipse(13, 7.5, { degrees: 20 }), disc(2.6), ...arms(2, 0.3, { inner: 3.5, outer: 9.5 })],
  'smooth-or-featured_artifact': [path('M16 2v28M2 16h28M6.5 6.5l19 19M25.5 6.5l-19 19'), disc(4)],
  'disk-edge-on_yes': [full(edgeOn())],
  'disk-edge-on_no': [ellipse(13, 10.5), disc(2.6)],
  'has-spiral-arms_yes': [disc(2.4), ...arms(2, 0.5)],
  'has-spiral-arms_no': [ellipse(13, 11), disc(2.6)],
  bar_yes: bar(7),
  bar_strong: bar(8.5),
  bar_weak: bar(4.5),
  bar_no: noBar,
  'bulge-size_dominant': bulge(9.5),
  'bulge-size_large': bulge(7.5),
  'bulge-size_obvious': bulge(6),
  'bulge-size_moderate': bulge(5),
  'bulge-size_small': bulge(3),
  'bulge-size_just-noticeable': bulge(2.2),
  'bulge-size_no': bulge(0),
  'bulge-size_none': bulge(0),
  'how-rounded_round': [full(ellipse(10.5, 10.5))],
  'how-rounded_completely': [full(ellipse(10.5, 10.5))],
  'how-rounded_in-between': [full(ellipse(12, 7))],
  'how-rounded_cigar': [full(ellipse(14, 3.2))],
  'how-rounded_cigar-shaped': [full(ellipse(14, 3.2))],
  'edge-on-bulge_boxy': edgeBulge(full(path('M11 11.5h10v9H11z'))),
  'edge-on-bulge_rounded': edgeBulge(disc(5.5)),
  'edge-on-bulge_none': edgeBulge(),
  'bulge-shape_boxy': edgeBulge(full(path('M11 11.5h10v9H11z'))),
  'bulge-shape_round': edgeBulge(disc(5.5)),
  'bulge-shape_no-bulge': edgeBulge(),
  'spiral-winding_tight': winding(1.15),
  'spiral-winding_medium': winding(0.6),
  'spiral-winding_loose': winding(0.28),
  'spiral-arm-count_1': counted(1),
  'spiral-arm-count_2': counted(2),
  'spiral-arm-count_3': counted(3),
  'spiral-arm-count_4': counted(4),
  'spiral-arm-count_more-than-4': counted(6),
  'spiral-arm-count_cant-tell': [...faint(ellipse(13, 13)), ...question],
  merging_none: alone,
  merging_neither: alone,
  'merging_minor-disturbance': [...alone, path('M21.5 13c3-1 5-3 5.5-6')],
  'merging_major-disturbance': [...alone, ...tails],
  'merging_tidal-debris': [...alone, ...tails, ...dots([26, 9], [6, 23], [28, 13])],
  merging_merger: pair,
  merging_both: [...pair, ...tails],
  'something-odd_yes': [path('M16 5v14'), disc(1.8, { cx: 16, cy: 25 })],
  'something-odd_no': [...faint(path('M16 5v14'), disc(1.8, { cx: 16, cy: 25 })), ...cross()],
  'odd-feature_ring': ringed,
  'odd-feature_lens-or-arc': [disc(4), path('M7 8C10.5 3.5 21.5 3.5 25 8'), path('M9 26c4 2.6 10 2.6 14 0')],
  'odd-feature_disturbed': [full(path('M9 14c2-5 8-6 12-3s2 5 3 8-4 4-7 3-9 1-9-3 0-3 1-5z')), path('M23 11c3-1 4-3 4-6')],
  'odd-feature_irregular': [full(path('M8 12c3-5 6-1 9-3s6 0 7 4-3 4-2 8-5 3-8 2-7 1-8-3 1-5 2-8z'))],
  'odd-feature_other': [...dots([9, 16], [16, 16], [23, 16])],
  'odd-feature_merger': pair,
  'odd-feature_dust-lane': [ellipse(13, 6), full(path('M3.2 15.2h25.6v1.6H3.2z'))],
  ring_yes: ringed,
  ring_no: [...faint(ellipse(12.5, 9.5)), disc(4)],
}

/** For an answer of a tree of the user's own. */
export const neutralShapes: readonly Shape[] = [ellipse(9, 9), disc(1.6)]

export const shapesOf = (question: string, answer: string): readonly Shape[] => answerShapes[`${question}_${answer}`] ?? neutralShapes
