import { createBestHeap } from '../acquisition/best-heap'

/** A galaxy by its key, with the direction [F] of its features: see `unitVector`. */
export type Directed = { readonly key: number; readonly unit_F: Float32Array }
export type Near = { readonly key: number; readonly similarity: number }

/** The features [F] at length 1, so that a product of two is their cosine. Null where they have no direction: all zero, or not finite. */
export function unitVector(features_F: Float32Array): Float32Array | null {
  let sum = 0
  for (const value of features_F) sum += value * value
  const length = Math.sqrt(sum)
  return length > 0 && length < Infinity ? features_F.map((value) => value / length) : null
}

/** The cosine of the angle between two directions [F], -1..1; 1 minus it is their cosine distance. */
export function cosine(a_F: Float32Array, b_F: Float32Array): number {
  let sum = 0
  for (let f = 0; f < a_F.length; f++) sum += a_F[f]! * b_F[f]!
  return Math.min(1, Math.max(-1, sum))
}

/**
 * The `count` of `others` that are most like a galaxy, the most alike first, of equally alike ones the smaller key; without the galaxy itself.
 * [Note: Similarity] Two galaxies are as alike as the directions of their encoder features are: cosine similarity, which needs no fit, does not
 * change with the length of the features, and is the usual measure between embeddings. Walmsley et al. 2022 (arXiv:2110.12735) compare the first
 * 10 principal components by Manhattan distance instead: that needs the features of the whole survey, this those of a few thousand galaxies.
 */
export function nearest(galaxy: Directed, others: Iterable<Directed>, count: number): Near[] {
  const heap = createBestHeap(count)
  for (const { key, unit_F } of others) if (key !== galaxy.key) heap.offer(cosine(galaxy.unit_F, unit_F), key)
  return heap.ranked().map(({ position, key }) => ({ key: position, similarity: key }))
}
