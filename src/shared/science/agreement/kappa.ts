import type { Random } from '../stats/random'
import { imaginedInterval, type Weighted } from './imagined-galaxy'

/**
 * Agreement beyond chance: 1 is perfect, 0 what chance would give; with its 95 % interval ([Note: Imagined galaxy]). Null where everybody always
 * says the same. `agreement`: the plain share of pairs of answers that are the same, 0..1. `n`: galaxies.
 */
export type Kappa = { kappa: number | null; low: number | null; high: number | null; agreement: number; n: number }

/** Below this many galaxies no interval is given: it would say little but that they are few. */
const LEAST_FOR_INTERVAL = 10
const UNKNOWN = { kappa: null, low: null, high: null }

/**
 * Cohen's kappa of two annotators (or of one annotator twice): (po - pe) / (1 - pe), po the share of galaxies on which they agree and pe what
 * their own frequencies would give by chance. `table_KK`[i][j]: galaxies that the first called i and the second j. Source: Cohen 1960
 * (Educational and Psychological Measurement 20, 37).
 */
export function cohenKappa(table_KK: readonly (readonly number[])[], random: Random): Kappa {
  const classes = table_KK.length
  const cells = table_KK
    .flatMap((row, i) => row.map((weight, j) => ({ pattern: [i, j] as const, weight })))
    .filter(({ weight }) => weight > 0)
  const measure = (weighted: readonly Weighted<readonly [number, number]>[]) => ofPairs(weighted, classes)
  return withInterval(cells, measure, (draw) => [draw.integer(classes), draw.integer(classes)] as const, random)
}

/**
 * Fleiss' kappa of any number of annotators, not all of whom need to have seen each galaxy. `counts_NK`[galaxy][answer]: how many gave it; only
 * galaxies with two annotators or more count. The mean over galaxies of the share of pairs that agree, against the chance from the frequencies
 * of all answers. With the same number of annotators everywhere this is Fleiss 1971 (Psychological Bulletin 76, 378).
 */
export function fleissKappa(counts_NK: readonly (readonly number[])[], random: Random): Kappa {
  const rated = counts_NK.filter((counts_K) => ratersOf(counts_K) >= 2)
  const classes = rated[0]?.length ?? 0
  const raters = rated.map(ratersOf).sort((a, b) => a - b)[rated.length >> 1] ?? 0
  const imagine = (draw: Random) => {
    const counts_K = new Array<number>(classes).fill(0)
    for (let r = 0; r < raters; r++) counts_K[draw.integer(classes)]! += 1
    return counts_K
  }
  return withInterval(distinct(rated), (weighted) => ofCounts(weighted, classes), imagine, random)
}

/** Each pattern once, with the number of its galaxies. */
function distinct(counts_NK: readonly (readonly number[])[]): Weighted<readonly number[]>[] {
  const byText = new Map<string, Weighted<readonly number[]>>()
  for (const pattern of counts_NK) byText.set(String(pattern), { pattern, weight: 1 + (byText.get(String(pattern))?.weight ?? 0) })
  return [...byText.values()]
}

type Measured = { kappa: number | null; agreement: number }

function withInterval<P>(
  observed: readonly Weighted<P>[],
  measure: (weighted: readonly Weighted<P>[]) => Measured,
  imagine: (random: Random) => P,
  random: Random,
): Kappa {
  const n = observed.reduce((sum, { weight }) => sum + weight, 0)
  if (n === 0) return { ...UNKNOWN, agreement: 0, n }
  const { kappa, agreement } = measure(observed)
  const interval =
    kappa === null || n < LEAST_FOR_INTERVAL ? null : imaginedInterval(observed, imagine, (weighted) => measure(weighted).kappa, random)
  return { kappa, low: interval?.low ?? null, high: interval?.high ?? null, agreement, n }
}

function ofPairs(weighted: readonly Weighted<readonly [number, number]>[], classes: number): Measured {
  const first_K = new Float64Array(classes)
  const second_K = new Float64Array(classes)
  let [total, same] = [0, 0]
  for (const { pattern, weight } of weighted) {
    const [i, j] = pattern
    total += weight
    first_K[i]! += weight
    second_K[j]! += weight
    if (i === j) same += weight
  }
  return beyondChance(
    same / total,
    first_K.reduce((sum, share, k) => sum + (share / total) * (second_K[k]! / total), 0),
  )
}

function ofCounts(weighted: readonly Weighted<readonly number[]>[], classes: number): Measured {
  const given_K = new Float64Array(classes)
  let [total, same, answers] = [0, 0, 0]
  for (const { pattern, weight } of weighted) {
    const raters = ratersOf(pattern)
    const pairs = pattern.reduce((sum, count) => sum + count * (count - 1), 0)
    total += weight
    same += (weight * pairs) / (raters * (raters - 1))
    answers += weight * raters
    pattern.forEach((count, k) => (given_K[k]! += weight * count))
  }
  return beyondChance(
    same / total,
    given_K.reduce((sum, given) => sum + (given / answers) ** 2, 0),
  )
}

const beyondChance = (agreement: number, chance: number): Measured => ({
  kappa: 1 - chance < 1e-12 ? null : (agreement - chance) / (1 - chance),
  agreement,
})

const ratersOf = (counts_K: readonly number[]): number => counts_K.reduce((sum, count) => sum + count, 0)
