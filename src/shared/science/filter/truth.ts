/**
 * Three-valued truth ([Note: Unknown values]) of N galaxies, one byte each. In this order `and` is the least, `or` the greatest, and `not` takes from
 * 2 what it is.
 */
export type Truth = Uint8Array
export const FALSE = 0
export const UNKNOWN = 1
export const TRUE = 2

/** `and` of both, into `left`. */
export function andInto(left: Truth, right: Truth): void {
  for (let i = 0; i < left.length; i++) if (right[i]! < left[i]!) left[i] = right[i]!
}

/** `or` of both, into `left`. */
export function orInto(left: Truth, right: Truth): void {
  for (let i = 0; i < left.length; i++) if (right[i]! > left[i]!) left[i] = right[i]!
}

export function notInto(truth: Truth): void {
  for (let i = 0; i < truth.length; i++) truth[i] = TRUE - truth[i]!
}

/** The indices at which it is true, in order. */
export function trueRows(truth: Truth): Int32Array {
  let count = 0
  for (const value of truth) count += value >> 1
  const rows = new Int32Array(count)
  // Each index is written and kept only where it is true: no branch to guess wrong.
  for (let i = 0, next = 0; next < count; i++) {
    rows[next] = i
    next += truth[i]! >> 1
  }
  return rows
}
