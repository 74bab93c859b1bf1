import { findTree } from '@shared/science/tree/built-in'

export const SEED = 1
/** The tree of W+21: 34 answers. */
export const surveyTree = findTree('gz-decals-dr5')
