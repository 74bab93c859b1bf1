import type { Numbers } from '../stats/numbers'

/** The position of the largest value in `[start, end)`, counted from start; of equal ones the first. */
export function argmax(values: Numbers, start = 0, end = values.length): number {
  let best = start
  for (let i = start + 1; i < end; i++) if (values[i]! > values[best]!) best = i
  return best - start
}
